// Q5_1 in GGUF: 32 weights in 24 bytes; weight i = d * (nibble i + 16 * bit i) + m.
//
//   | d f16 | m f16 | u32: bit i is the fifth bit of weight i | 16 bytes: low nibble of byte i is weight i, high nibble is weight i + 16 |
//
// On the device: plane 0 the 16 nibble bytes of a unit, plane 1 its fifth bits (4, order of fifth_bits), plane 2 its d and m (4).
#pragma once
#include "planes.h"

struct Q5_1 {
    struct Unit {
        Bytes16 nibbles;
        unsigned fifth;
        unsigned d_and_m;
    };
    struct Gguf {
        half_bits d;
        half_bits m;
        unsigned char fifth[4];
        unsigned char nibbles[16];
    };
    static_assert(sizeof(Gguf) == 24, "a Q5_1 block has 24 bytes");

    unsigned char* nibbles;
    unsigned* fifth;
    unsigned* scales;
    int units;

    static RF_DEVICE Q5_1 at(const void* weights, int rows, int columns) {
        const int units = columns / UNIT;
        unsigned char* base = (unsigned char*)weights;
        const wide at_fifth = plane_after(0, wide(rows) * units * 16);
        const wide at_scales = plane_after(at_fifth, wide(rows) * units * 4);
        return Q5_1{base, reinterpret_cast<unsigned*>(base + at_fifth), reinterpret_cast<unsigned*>(base + at_scales),
                    units};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const wide at = wide(row) * units + unit;
        return Unit{load16(nibbles + at * 16), fifth[at], scales[at]};
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        const float d = half_to_float(half_bits(unit.d_and_m));
        const float m = half_to_float(half_bits(unit.d_and_m >> 16));
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) out[i] = d * float(nibble_of(unit.nibbles, i) | fifth_bit_of(unit.fifth, i)) + m;
    }
    static RF_DEVICE float dot(const Unit& unit, const Q8Unit& x) {
        int products = 0;
        RF_UNROLL
        for (int i = 0; i < 4; i++) {
            products = dot4(low_nibbles(unit.nibbles.word[i]) | fifth_bits(unit.fifth, i), x.word[i], products);
            products =
                dot4(high_nibbles(unit.nibbles.word[i]) | fifth_bits(unit.fifth, i + 4), x.word[i + 4], products);
        }
        return half_to_float(half_bits(unit.d_and_m)) * (x.d * float(products)) +
               half_to_float(half_bits(unit.d_and_m >> 16)) * x.sum;
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        const unsigned char* block = source + unit * sizeof(Gguf);
        const wide at = wide(row) * units + unit;
        Bytes16 packed;
        for (int i = 0; i < 4; i++) packed.word[i] = read32(block + 8 + 4 * i);
        store16(nibbles + at * 16, packed);
        fifth[at] = pack_fifth_bits(read32(block + 4));
        scales[at] = read32(block);
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns / 32) * sizeof(Gguf); }
};
typedef Q5_1 Weights;
