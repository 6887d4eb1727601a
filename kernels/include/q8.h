// q8.h: activations as signed bytes, in units of 32 with one f32 scale, and the weight products by dot4.
//
//   bytes   [tokens][columns] signed char: x[i] is about d * byte i
//   scales  [tokens][columns / 32][2] f32: d = max |x| / 127 of the unit, and d * (sum of its bytes)
//
// Rounding: to nearest even of x * (127 / max). A NaN or infinity among the 32 makes d not finite, and so every product of the unit.
#pragma once
#include "norm.h"
#include "planes.h"

// Eight neighbouring lanes hold a unit, four values each; all lanes of the wave call. `write` false: only takes part.
RF_DEVICE void quantize_four(const float* x, int* bytes, float* scales, int four, bool write) {
    int most_bits = 0;  // compared as ints, a NaN is larger than any number
    RF_UNROLL
    for (int i = 0; i < 4; i++) {
        const int bits = bits_of_float(absolute(x[i]));
        most_bits = bits > most_bits ? bits : most_bits;
    }
    RF_UNROLL
    for (int mask = 4; mask > 0; mask >>= 1) {
        const int other = shuffle_xor(most_bits, mask);
        most_bits = other > most_bits ? other : most_bits;
    }
    const float most = float_of_bits(most_bits);
    const float inverse = most > 1e-30f ? 127.0f / most : 0.0f;
    int packed = 0;
    int sum = 0;
    RF_UNROLL
    for (int i = 0; i < 4; i++) {
        const int value = nearest(x[i] * inverse);
        sum += value;
        packed |= (value & 255) << (8 * i);
    }
    RF_UNROLL
    for (int mask = 4; mask > 0; mask >>= 1) sum += shuffle_xor(sum, mask);
    if (!write) return;
    const float d = most / 127.0f;
    bytes[four] = packed;
    if (four % 8 == 0) {
        scales[four / 4] = d;
        scales[four / 4 + 1] = d * float(sum);
    }
}

RF_DEVICE Q8Unit load_q8(const signed char* bytes, const float* scales, int unit) {
    const Bytes16 low = load16(bytes + unit * UNIT);
    const Bytes16 high = load16(bytes + unit * UNIT + 16);
    const Bytes8 scale = load8(scales + unit * 2);
    Q8Unit loaded;
    RF_UNROLL
    for (int i = 0; i < 4; i++) {
        loaded.word[i] = int(low.word[i]);
        loaded.word[i + 4] = int(high.word[i]);
    }
    loaded.d = float_of_bits(int(scale.word[0]));
    loaded.sum = float_of_bits(int(scale.word[1]));
    return loaded;
}

// RMSNorm of a row, quantized; x and weight aligned to 16 bytes. All threads of the block call; `slots` as in block_sum.
// The first TURNS groups of four of a thread, and their weights, are loaded at once; where they are all there are, x is read once.
// Waits for the launch in front, which wrote x, behind the loads of the weights.
template <int TURNS>
RF_DEVICE void norm_to_q8(signed char* bytes, float* scales, const float* x, const float* weight, int columns,
                          float eps, float* slots) {
    float values[TURNS][4];
    float weights[TURNS][4];
    RF_UNROLL
    for (int turn = 0; turn < TURNS; turn++) {
        const int at = (turn * block_size_x() + thread_x()) * 4;
        RF_UNROLL
        for (int i = 0; i < 4; i++) weights[turn][i] = 0.0f;
        if (at < columns) load_four(weight + at, weights[turn]);
    }
    wait_for_previous();
    RF_UNROLL
    for (int turn = 0; turn < TURNS; turn++) {
        const int at = (turn * block_size_x() + thread_x()) * 4;
        RF_UNROLL
        for (int i = 0; i < 4; i++) values[turn][i] = 0.0f;
        if (at < columns) load_four(x + at, values[turn]);
    }
    float squares = 0.0f;
    RF_UNROLL
    for (int turn = 0; turn < TURNS; turn++) {
        RF_UNROLL
        for (int i = 0; i < 4; i++) squares += values[turn][i] * values[turn][i];
    }
    squares = squares_from(squares, x, TURNS * block_size_x() * 4, columns);
    const float factor = norm_factor_of(squares, columns, eps, slots);
    RF_UNROLL
    for (int turn = 0; turn < TURNS; turn++) {
        const int four = turn * block_size_x() + thread_x();
        RF_UNROLL
        for (int i = 0; i < 4; i++) values[turn][i] = values[turn][i] * factor * weights[turn][i];
        quantize_four(values[turn], reinterpret_cast<int*>(bytes), scales, four, four * 4 < columns);
    }
    for (int begin = TURNS * block_size_x() * 4; begin < columns; begin += block_size_x() * 4) {
        const int four = begin / 4 + thread_x();
        const bool inside = four * 4 < columns;
        float more[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        if (inside) {
            float by[4];
            load_four(x + four * 4, more);
            load_four(weight + four * 4, by);
            RF_UNROLL
            for (int i = 0; i < 4; i++) more[i] = more[i] * factor * by[i];
        }
        quantize_four(more, reinterpret_cast<int*>(bytes), scales, four, inside);
    }
}
