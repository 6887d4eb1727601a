// Q4_K in GGUF: 256 weights in 144 bytes, eight sub-blocks of 32; weight i of sub-block j = d * scale j * nibble - dmin * minimum j.
//
//   | d f16 | dmin f16 | 12 bytes: eight scales and minima of 6 bits | 128 bytes: nibbles |
//   byte 32 g + i holds weight i of sub-block 2 g (low) and 2 g + 1 (high)
//
// On the device a unit is a sub-block of 32: plane 0 its nibbles (16), plane 1 its scale and minimum (2), plane 2 d and dmin of its block (4 in eight units).
#pragma once
#include "planes.h"

struct Q4_K {
    struct Unit {
        Bytes16 nibbles;
        unsigned short scale_and_minimum;
        unsigned d_and_dmin;
    };
    struct Gguf {
        half_bits d;
        half_bits dmin;
        unsigned char scales[12];
        unsigned char nibbles[128];
    };
    static_assert(sizeof(Gguf) == 144, "a Q4_K block has 144 bytes");

    unsigned char* nibbles;
    unsigned short* scales;
    unsigned* blocks;
    int units;

    static RF_DEVICE Q4_K at(const void* weights, int rows, int columns) {
        const int units = columns / UNIT;
        unsigned char* base = (unsigned char*)weights;
        const wide at_scales = plane_after(0, wide(rows) * units * 16);
        const wide at_blocks = plane_after(at_scales, wide(rows) * units * 2);
        return Q4_K{base, reinterpret_cast<unsigned short*>(base + at_scales),
                    reinterpret_cast<unsigned*>(base + at_blocks), units};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const wide at = wide(row) * units + unit;
        return Unit{load16(nibbles + at * 16), scales[at], blocks[at / 8]};
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        const float d = half_to_float(half_bits(unit.d_and_dmin)) * float(unit.scale_and_minimum & 255);
        const float m = half_to_float(half_bits(unit.d_and_dmin >> 16)) * float(unit.scale_and_minimum >> 8);
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) out[i] = d * float(nibble_of(unit.nibbles, i)) - m;
    }
    static RF_DEVICE float dot(const Unit& unit, const Q8Unit& x) {
        int products = 0;
        RF_UNROLL
        for (int i = 0; i < 4; i++) {
            products = dot4(low_nibbles(unit.nibbles.word[i]), x.word[i], products);
            products = dot4(high_nibbles(unit.nibbles.word[i]), x.word[i + 4], products);
        }
        const float d = half_to_float(half_bits(unit.d_and_dmin)) * float(unit.scale_and_minimum & 255);
        const float m = half_to_float(half_bits(unit.d_and_dmin >> 16)) * float(unit.scale_and_minimum >> 8);
        return d * (x.d * float(products)) - m * x.sum;
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        const unsigned char* block = source + unit / 8 * sizeof(Gguf);
        const wide at = wide(row) * units + unit;
        const int sub = unit % 8;
        const unsigned char* bytes = block + 16 + sub / 2 * 32;
        store16(nibbles + at * 16, pack_nibbles([=](int i) { return bytes[i] >> (sub % 2 * 4) & 15; }));
        scales[at] = (unsigned short)(k_scale(block + 4, sub) | k_minimum(block + 4, sub) << 8);
        if (sub == 0) blocks[at / 8] = read32(block);
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns / 256) * sizeof(Gguf); }
};
typedef Q4_K Weights;
