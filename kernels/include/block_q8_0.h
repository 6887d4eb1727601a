// Q8_0 in GGUF: 32 weights in 34 bytes; weight i = d * signed byte i.
//
//   | d f16 | 32 signed bytes |
//
// On the device: plane 0 the 32 bytes of a unit, plane 1 its d (2).
#pragma once
#include "planes.h"

struct Q8_0 {
    struct Unit {
        Bytes16 part[2];
        half_bits d;
    };
    struct Gguf {
        half_bits d;
        signed char bytes[32];
    };
    static_assert(sizeof(Gguf) == 34, "a Q8_0 block has 34 bytes");

    unsigned char* bytes;
    half_bits* scales;
    int units;

    static RF_DEVICE Q8_0 at(const void* weights, int rows, int columns) {
        const int units = columns / UNIT;
        unsigned char* base = (unsigned char*)weights;
        const wide at_scales = plane_after(0, wide(rows) * units * 32);
        return Q8_0{base, reinterpret_cast<half_bits*>(base + at_scales), units};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const wide at = wide(row) * units + unit;
        return Unit{{load16(bytes + at * 32), load16(bytes + at * 32 + 16)}, scales[at]};
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        const float d = half_to_float(unit.d);
        RF_UNROLL
        for (int i = 0; i < UNIT; i++)
            out[i] = d * float((signed char)(unit.part[i / 16].word[i / 4 % 4] >> (i % 4 * 8)));
    }
    static RF_DEVICE float dot(const Unit& unit, const Q8Unit& x) {
        int products = 0;
        RF_UNROLL
        for (int i = 0; i < 8; i++) products = dot4(int(unit.part[i / 4].word[i % 4]), x.word[i], products);
        return half_to_float(unit.d) * (x.d * float(products));
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        const unsigned char* block = source + unit * sizeof(Gguf);
        const wide at = wide(row) * units + unit;
        for (int half = 0; half < 2; half++) {
            Bytes16 packed;
            for (int i = 0; i < 4; i++) packed.word[i] = read32(block + 2 + 16 * half + 4 * i);
            store16(bytes + at * 32 + 16 * half, packed);
        }
        scales[at] = half_bits(read16(block));
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns / 32) * sizeof(Gguf); }
};
typedef Q8_0 Weights;
