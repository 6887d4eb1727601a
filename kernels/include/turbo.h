// turbo.h: coded heads of the KV cache (TurboQuant, arXiv 2504.19874): a random rotation, then the best levels of a unit Gaussian.
//
// The rotation: signs, then a mixing that is its own inverse: Hadamard inside each of HEAD_ODD stretches of HEAD_POWER values,
// the Hartley matrix across them. Order: distances 1, 2, 4, ..., stretches rising, the scale 1 / sqrt(HEAD_POWER).
//   rotation   [RF_HEAD_SIZE] signs, 1 or -1, then [HEAD_ODD][HEAD_ODD] f32
#pragma once
#include "kv.h"
#include "reduce.h"

#if !defined(RF_HEAD_SIZE)
#define RF_HEAD_SIZE 128
#endif

const int HEAD_POWER = RF_HEAD_SIZE & -RF_HEAD_SIZE;
const int HEAD_ODD = RF_HEAD_SIZE / HEAD_POWER;
const int KV_UNIT = 8;
const int KV_UNITS = (RF_HEAD_SIZE + KV_UNIT - 1) / KV_UNIT;
const int KV_BYTES_UNIT = 32;  // signed bytes that share a scale
const int KV_SCALES = (RF_HEAD_SIZE + KV_BYTES_UNIT - 1) / KV_BYTES_UNIT;

// Positive level `index` of the unit Gaussian in `bits` bits (Max, 1960).
RF_DEVICE float turbo_positive(int bits, int index) {
    if (bits == 2) return index == 0 ? 0.452780035f : 1.510417608f;
    if (bits == 3) {
        const float low = index == 0 ? 0.245094179f : 0.756005281f;
        const float high = index == 2 ? 1.343909279f : 2.151945705f;
        return index < 2 ? low : high;
    }
    const float first = index == 0 ? 0.128395030f : 0.388048299f;
    const float second = index == 2 ? 0.656759119f : 0.942340456f;
    const float third = index == 4 ? 1.256231197f : 1.618046386f;
    const float fourth = index == 6 ? 2.069017227f : 2.732589571f;
    const float low = index < 2 ? first : second;
    const float high = index < 6 ? third : fourth;
    return index < 4 ? low : high;
}

// Level of a code; codes count levels from the lowest.
RF_DEVICE float turbo_level(int bits, int code) {
    const int half = 1 << (bits - 1);
    return code < half ? -turbo_positive(bits, half - 1 - code) : turbo_positive(bits, code - half);
}

// Code of the level next to x; at a border the one nearer to zero.
template <int BITS>
RF_DEVICE int turbo_code(float x) {
    const int half = 1 << (BITS - 1);
    int level = 0;
    RF_UNROLL
    for (int i = 1; i < half; i++) {
        const float border = (turbo_positive(BITS, i - 1) + turbo_positive(BITS, i)) / 2.0f;
        level += absolute(x) > border ? 1 : 0;
    }
    return x < 0.0f ? half - 1 - level : half + level;
}

// 1 / sqrt(HEAD_POWER), rounded once.
RF_DEVICE float turbo_scale() {
    float scale = 1.0f;
    int power = HEAD_POWER;
    for (; power >= 4; power /= 4) scale *= 0.5f;
    return power == 2 ? scale * 0.707106781f : scale;
}

// Mixes a head in shared memory, by the whole block, which has put it there before a barrier or not at all: begins and ends with one.
RF_DEVICE void turbo_mix(float* x, float* spare, const float* hartley) {
    for (int half = 1; half < HEAD_POWER; half *= 2) {
        barrier();
        for (int pair = thread_x(); pair < RF_HEAD_SIZE / 2; pair += block_size_x()) {
            const int at = pair / half * 2 * half + pair % half;
            const float a = x[at];
            const float b = x[at + half];
            x[at] = a + b;
            x[at + half] = a - b;
        }
    }
    if (HEAD_ODD > 1) {
        barrier();
        for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) spare[i] = x[i];
        barrier();
        for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) {
            float sum = 0.0f;
            for (int j = 0; j < HEAD_ODD; j++) {
                sum += hartley[i / HEAD_POWER * HEAD_ODD + j] * spare[j * HEAD_POWER + i % HEAD_POWER];
            }
            x[i] = sum;
        }
    }
    barrier();
    const float scale = turbo_scale();
    for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) x[i] *= scale;
    barrier();
}

// The codes of eight values of a head as they lie in memory: `type` bytes.
template <int TYPE>
RF_DEVICE wide load_unit(const unsigned char* from) {
    if (TYPE == 8) {
        const Bytes8 loaded = load8(from);
        return wide(loaded.word[1]) << 32 | loaded.word[0];
    }
    if (TYPE == 4) return *reinterpret_cast<const unsigned*>(from);
    if (TYPE == 2) return *reinterpret_cast<const half_bits*>(from);
    return wide(from[0]) | wide(from[1]) << 8 | wide(from[2]) << 16;
}

// Writes a turned head in shared memory as codes and its least-squares scale, sum(x c) / sum(c c). By the whole block.
// Order: block_sum over units, eight values rising inside a unit.
template <int BITS>
RF_DEVICE void turbo_store(unsigned char* codes, half_bits* scale, const float* x, float* slots) {
    float squares = 0.0f;
    for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) squares += x[i] * x[i];
    const float rms = root(block_sum(squares, slots) / float(RF_HEAD_SIZE));
    const float inverse = rms > 1e-18f ? 1.0f / rms : 0.0f;
    float product = 0.0f;
    float norm = 0.0f;
    for (int unit = thread_x(); unit < KV_UNITS; unit += block_size_x()) {
        unsigned packed = 0;
        for (int i = 0; i < KV_UNIT; i++) {
            const int at = unit * KV_UNIT + i;
            if (at >= RF_HEAD_SIZE) continue;
            const int code = turbo_code<BITS>(x[at] * inverse);
            const float level = turbo_level(BITS, code);
            packed |= unsigned(code) << (i * BITS);
            product += x[at] * level;
            norm += level * level;
        }
        RF_UNROLL
        for (int i = 0; i < BITS; i++) codes[unit * BITS + i] = (unsigned char)(packed >> (8 * i));
    }
    product = block_sum(product, slots);
    norm = block_sum(norm, slots);
    if (thread_x() == 0) *scale = float_to_half(product / norm);
}

// Writes a head in shared memory as signed bytes, 32 to a scale of the largest magnitude over 127. By the whole block.
RF_DEVICE void bytes_store(unsigned char* codes, half_bits* scales, const float* x) {
    for (int unit = thread_x(); unit < KV_UNITS; unit += block_size_x()) {
        const int begin = unit / (KV_BYTES_UNIT / KV_UNIT) * KV_BYTES_UNIT;
        int most_bits = 0;  // compared as ints, a NaN is larger than any number
        for (int i = begin; i < begin + KV_BYTES_UNIT && i < RF_HEAD_SIZE; i++) {
            const int bits = bits_of_float(absolute(x[i]));
            most_bits = bits > most_bits ? bits : most_bits;
        }
        const float most = float_of_bits(most_bits);
        const float inverse = most > 1e-30f ? 127.0f / most : 0.0f;
        for (int i = 0; i < KV_UNIT; i++) {
            const int at = unit * KV_UNIT + i;
            codes[at] = at < RF_HEAD_SIZE ? (unsigned char)(nearest(x[at] * inverse)) : 0;
        }
        if (unit * KV_UNIT == begin) scales[begin / KV_BYTES_UNIT] = float_to_half(most / 127.0f);
    }
}

// Writes a head in shared memory into one side of the cache, plain or coded. By the whole block.
template <int TYPE>
RF_DEVICE void kv_store(void* values, half_bits* scales, int position, int kv_heads, int kv_head, const float* x,
                        float* slots) {
    const wide head = wide(position) * kv_heads + kv_head;
    if (TYPE == 8) {
        bytes_store(static_cast<unsigned char*>(values) + head * (KV_UNITS * 8), scales + head * KV_SCALES, x);
    } else if (TYPE > 1) {
        const int bits = TYPE > 1 && TYPE < 8 ? TYPE : 2;  // the branch is compiled for every type
        turbo_store<bits>(static_cast<unsigned char*>(values) + head * (KV_UNITS * bits), scales + head, x, slots);
    } else {
        typedef KvPlain<TYPE == 1 ? 1 : 0> Plain;
        typename Plain::Value* to = static_cast<typename Plain::Value*>(values) + head * RF_HEAD_SIZE;
        for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) to[i] = Plain::value(x[i]);
    }
}
