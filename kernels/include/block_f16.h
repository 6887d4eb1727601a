// F16: one IEEE 754 binary16 a weight. On the device: one plane, 64 bytes a unit; a row ends with zeros.
#pragma once
#include "planes.h"

struct F16 {
    struct Unit {
        Bytes16 part[4];
    };

    unsigned char* halves;
    int units;
    int columns;

    static RF_DEVICE F16 at(const void* weights, int /* rows */, int columns) {
        return F16{(unsigned char*)weights, (columns + UNIT - 1) / UNIT, columns};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const unsigned char* from = halves + (wide(row) * units + unit) * 64;
        return Unit{{load16(from), load16(from + 16), load16(from + 32), load16(from + 48)}};
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) {
            out[i] = half_to_float(half_bits(unit.part[i / 8].word[i / 2 % 4] >> (i % 2 * 16)));
        }
    }
    // sum + the unit times 32 activations as f16 pairs, by dot2, pairs rising.
    static RF_DEVICE float dot_halves(const Unit& unit, const unsigned* pairs, float sum) {
        RF_UNROLL
        for (int i = 0; i < UNIT / 2; i++) sum = dot2(unit.part[i / 4].word[i % 4], pairs[i], sum);
        return sum;
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        half_bits* to = reinterpret_cast<half_bits*>(halves) + (wide(row) * units + unit) * UNIT;
        for (int i = 0; i < UNIT; i++) {
            const int column = unit * UNIT + i;
            to[i] = column < columns ? half_bits(read16(source + 2 * column)) : half_bits(0);
        }
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns) * 2; }
};
typedef F16 Weights;
