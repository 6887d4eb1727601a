// Q4_0 in GGUF: 32 weights in 18 bytes; weight i = d * (nibble i - 8).
//
//   | d f16 | 16 bytes: low nibble of byte i is weight i, high nibble is weight i + 16 |
//
// On the device: plane 0 the 16 nibble bytes of a unit, plane 1 its d.
#pragma once
#include "planes.h"

struct Q4_0 {
    struct Unit {
        Bytes16 nibbles;
        half_bits d;
    };
    struct Gguf {
        half_bits d;
        unsigned char nibbles[16];
    };
    static_assert(sizeof(Gguf) == 18, "a Q4_0 block has 18 bytes");

    unsigned char* nibbles;
    half_bits* scales;
    int units;

    static RF_DEVICE Q4_0 at(const void* weights, int rows, int columns) {
        const int units = columns / UNIT;
        unsigned char* base = (unsigned char*)weights;
        const wide scales = plane_after(0, wide(rows) * units * 16);
        return Q4_0{base, reinterpret_cast<half_bits*>(base + scales), units};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const wide at = wide(row) * units + unit;
        return Unit{load16(nibbles + at * 16), scales[at]};
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        const float d = half_to_float(unit.d);
        RF_UNROLL
        for (int i = 0; i < 16; i++) {
            const unsigned byte = unit.nibbles.word[i / 4] >> (i % 4 * 8);
            out[i] = d * float(int(byte & 15) - 8);
            out[i + 16] = d * float(int(byte >> 4 & 15) - 8);
        }
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        const unsigned char* block = source + unit * sizeof(Gguf);
        const wide at = wide(row) * units + unit;
        Bytes16 packed;
        for (int i = 0; i < 4; i++) packed.word[i] = read32(block + 2 + 4 * i);
        store16(nibbles + at * 16, packed);
        scales[at] = half_bits(read16(block));
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns / UNIT) * sizeof(Gguf); }
};
typedef Q4_0 Weights;
