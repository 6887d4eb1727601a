// planes.h: how a weight tensor lies in device memory, whatever its type.
//
// A tensor of `rows` x `columns` is cut into units of 32 weights along a row. Each type splits its units into
// planes (nibbles, high bits, scales, ...), every plane row-major and starting at a multiple of 256 bytes:
//
//   | plane 0: rows * units * bytes0 | pad to 256 | plane 1: rows * units * bytes1 | pad | ...
//
// units = ceil(columns / 32); only F16 and F32 rows may end inside a unit, the rest of it is zero.
// A type is a struct with
//   at(weights, rows, columns)      the planes of a tensor
//   load(row, unit)                 the Unit in registers, 16-byte loads
//   values(unit, out[32])           the 32 weights as f32, in the order of the row
//   dot(unit, q8)                   (quantized types) the unit times 32 quantized activations, by dot4
//   repack(source, row, unit)       writes one unit from the GGUF bytes of its row
//
// Nibbles are packed alike in every type: byte i holds weight i (low) and weight i + 16 (high). So word i of a unit holds
// weights 4 i ... 4 i + 3 and 16 + 4 i ... 16 + 4 i + 3, which is what dot4 wants.
#pragma once
#include "device.h"

const int UNIT = 32;

RF_DEVICE wide plane_after(wide begin, wide bytes) { return begin + ((bytes + 255) & ~wide(255)); }

RF_DEVICE unsigned read16(const unsigned char* from) { return unsigned(from[0]) | unsigned(from[1]) << 8; }
RF_DEVICE unsigned read32(const unsigned char* from) { return read16(from) | read16(from + 2) << 16; }

// 32 activations as signed bytes: x[i] = d * byte i; sum = d * (sum of the bytes).
struct Q8Unit {
    int word[8];
    float d;
    float sum;
};

RF_DEVICE int low_nibbles(unsigned word) { return int(word & 0x0f0f0f0fu); }
RF_DEVICE int high_nibbles(unsigned word) { return int(word >> 4 & 0x0f0f0f0fu); }

// Nibble of weight i (0 ... 31) of a unit.
RF_DEVICE int nibble_of(const Bytes16& nibbles, int i) {
    return int(nibbles.word[i % 16 / 4] >> (i % 4 * 8 + i / 16 * 4) & 15);
}

// Packs 32 values of 4 bits, one a call of `value(i)`.
template <typename F>
RF_DEVICE Bytes16 pack_nibbles(const F& value) {
    Bytes16 packed = {{0, 0, 0, 0}};
    for (int i = 0; i < 16; i++) {
        packed.word[i / 4] |= (unsigned(value(i)) | unsigned(value(i + 16)) << 4) << (i % 4 * 8);
    }
    return packed;
}

// Fifth bits of a unit in one word: byte b, bit i is weight 4 i + b, bit 4 + i is weight 16 + 4 i + b; so a shift and a mask
// give four of them at their place for dot4.
RF_DEVICE int fifth_bits(unsigned bits, int i) { return int((bits >> i & 0x01010101u) << 4); }  // i: word 0 ... 7
RF_DEVICE int fifth_bit_of(unsigned bits, int i) { return int(bits >> (i % 4 * 8 + i / 16 * 4 + i % 16 / 4) & 1) << 4; }
RF_DEVICE unsigned pack_fifth_bits(unsigned in_order) {  // bit i is weight i
    unsigned packed = 0;
    for (int i = 0; i < 32; i++) packed |= (in_order >> i & 1) << (i % 4 * 8 + i / 16 * 4 + i % 16 / 4);
    return packed;
}

// Scale and minimum of sub-block `unit` (0 ... 7) in the 12 scale bytes of Q4_K and Q5_K, six bits each.
RF_DEVICE int k_scale(const unsigned char* scales, int unit) {
    return unit < 4 ? scales[unit] & 63 : (scales[unit + 4] & 15) | scales[unit - 4] >> 6 << 4;
}
RF_DEVICE int k_minimum(const unsigned char* scales, int unit) {
    return unit < 4 ? scales[unit + 4] & 63 : scales[unit + 4] >> 4 | scales[unit] >> 6 << 4;
}

// 32 values of x from `unit`; those past `columns` are zero.
RF_DEVICE void load_unit(const float* x, int unit, int columns, float* out) {
    const float* from = x + unit * UNIT;
    if (unit * UNIT + UNIT <= columns) {
        RF_UNROLL
        for (int i = 0; i < UNIT; i += 4) {
            const Bytes16 four = load16(from + i);
            RF_UNROLL
            for (int j = 0; j < 4; j++) out[i + j] = float_of_bits(int(four.word[j]));
        }
    } else {
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) out[i] = unit * UNIT + i < columns ? from[i] : 0.0f;
    }
}
