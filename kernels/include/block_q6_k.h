// Q6_K in GGUF: 256 weights in 210 bytes, sixteen groups of 16; weight i of group g = d * scale g * (six bits - 32).
//
//   | 128 bytes: low four bits | 64 bytes: high two bits | 16 signed scales | d f16 |
//   unit j of 32 (half n = j / 4, k = j % 4), weight i: nibble k / 2 of byte 64 n + 32 (k % 2) + i, and
//   bits 2 k and 2 k + 1 of high byte 32 n + i; its scales are 2 j and 2 j + 1
//
// On the device: plane 0 the nibbles of a unit (16), plane 1 its high bits (8: byte b of word h, bits 2 i and 2 i + 1 are
// weight 16 h + 4 i + b), plane 2 its two scales (2), plane 3 d of its block (2 in eight units).
#pragma once
#include "planes.h"

struct Q6_K {
    struct Unit {
        Bytes16 nibbles;
        Bytes8 high;
        unsigned short scales;
        half_bits d;
    };
    struct Gguf {
        unsigned char nibbles[128];
        unsigned char high[64];
        signed char scales[16];
        half_bits d;
    };
    static_assert(sizeof(Gguf) == 210, "a Q6_K block has 210 bytes");

    unsigned char* nibbles;
    unsigned char* high;
    unsigned short* scales;
    half_bits* blocks;
    int units;

    static RF_DEVICE Q6_K at(const void* weights, int rows, int columns) {
        const int units = columns / UNIT;
        unsigned char* base = (unsigned char*)weights;
        const wide at_high = plane_after(0, wide(rows) * units * 16);
        const wide at_scales = plane_after(at_high, wide(rows) * units * 8);
        const wide at_blocks = plane_after(at_scales, wide(rows) * units * 2);
        return Q6_K{base, base + at_high, reinterpret_cast<unsigned short*>(base + at_scales),
                    reinterpret_cast<half_bits*>(base + at_blocks), units};
    }
    RF_DEVICE Unit load(int row, int unit) const {
        const wide at = wide(row) * units + unit;
        return Unit{load16(nibbles + at * 16), load8(high + at * 8), scales[at], blocks[at / 8]};
    }
    static RF_DEVICE void values(const Unit& unit, float* out) {
        const float d = half_to_float(unit.d);
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) {
            const int bits = int(unit.high.word[i / 16] >> (i % 4 * 8 + i % 16 / 4 * 2) & 3) << 4;
            const float scale = d * float((signed char)(unit.scales >> (i / 16 * 8)));
            out[i] = scale * float((nibble_of(unit.nibbles, i) | bits) - 32);
        }
    }
    // Four values 0 ... 63 minus 32: the set high bit of each byte keeps the borrows apart.
    static RF_DEVICE int six_bits(unsigned bytes) { return int(((bytes | 0x80808080u) - 0x20202020u) ^ 0x80808080u); }
    static RF_DEVICE float dot(const Unit& unit, const Q8Unit& x) {
        int first = 0;
        int second = 0;
        RF_UNROLL
        for (int i = 0; i < 4; i++) {
            const unsigned a = unsigned(low_nibbles(unit.nibbles.word[i])) | (unit.high.word[0] >> 2 * i & 0x03030303u)
                                                                                 << 4;
            const unsigned b = unsigned(high_nibbles(unit.nibbles.word[i])) | (unit.high.word[1] >> 2 * i & 0x03030303u)
                                                                                  << 4;
            first = dot4(six_bits(a), x.word[i], first);
            second = dot4(six_bits(b), x.word[i + 4], second);
        }
        const int products = first * int((signed char)(unit.scales)) + second * int((signed char)(unit.scales >> 8));
        return half_to_float(unit.d) * (x.d * float(products));
    }
    RF_DEVICE void repack(const unsigned char* source, int row, int unit) const {
        const unsigned char* block = source + unit / 8 * sizeof(Gguf);
        const wide at = wide(row) * units + unit;
        const int sub = unit % 8;
        const int half = sub / 4;
        const int k = sub % 4;
        const unsigned char* low = block + 64 * half + 32 * (k % 2);
        store16(nibbles + at * 16, pack_nibbles([=](int i) { return low[i] >> (k / 2 * 4) & 15; }));
        unsigned* bits = reinterpret_cast<unsigned*>(high + at * 8);
        for (int h = 0; h < 2; h++) {
            unsigned packed = 0;
            for (int i = 0; i < 16; i++) {
                packed |= (unsigned(block[128 + 32 * half + 16 * h + i]) >> 2 * k & 3) << (i % 4 * 8 + i / 4 * 2);
            }
            bits[h] = packed;
        }
        scales[at] = (unsigned short)read16(block + 192 + 2 * sub);
        if (sub == 0) blocks[at / 8] = half_bits(read16(block + 208));
    }
    static RF_DEVICE wide row_bytes(int columns) { return wide(columns / 256) * sizeof(Gguf); }
};
typedef Q6_K Weights;
