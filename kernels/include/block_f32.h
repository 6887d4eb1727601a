// F32: one IEEE 754 binary32 a weight. On the device: one plane, 128 bytes a unit; a row ends with zeros.
#pragma once
#include "planes.h"

struct F32 {
    struct Unit {
        Bytes16 part[8];
    };

    unsigned char* floats;
    int units;
    int columns;

    static RF_DEVICE F32 at(const void* weights, int /* rows */, int columns) {
        return F32{(unsigned char*)weights, (columns + UNIT - 1) / UNIT, columns};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const unsigned char* from = floats + (wide(row) * units + unit) * 128;
        Unit loaded;
        RF_UNROLL
        for (int i = 0; i < 8; i++) loaded.part[i] = load16(from + 16 * i);
        return loaded;
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) out[i] = float_of_bits(int(unit.part[i / 4].word[i % 4]));
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        float* to = reinterpret_cast<float*>(floats) + (wide(row) * units + unit) * UNIT;
        for (int i = 0; i < UNIT; i++) {
            const int column = unit * UNIT + i;
            to[i] = column < columns ? float_of_bits(int(read32(source + 4 * column))) : 0.0f;
        }
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns) * 4; }
};
typedef F32 Weights;
