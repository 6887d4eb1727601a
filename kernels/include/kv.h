// kv.h: how the KV cache stores keys and values.
//
//   RF_KV_F16   both plain: 0 f32, 1 f16
//   RF_KEYS, RF_VALUES   each by itself, where a kernel says so: 0 f32, 1 f16, 2 3 4 codes of so many bits of a turned head
//               (turbo.h), 8 signed bytes. Unset: RF_KV_F16.
//
// Plain: [capacity][kv_heads * RF_HEAD_SIZE]. Coded: codes [capacity][kv_heads][KV_UNITS * type bytes], eight values in `type` bytes,
// value i of eight from bit i * type on, lowest first; scales [capacity][kv_heads][1, for bytes ceil(RF_HEAD_SIZE / 32)] f16.
#pragma once
#include "device.h"

#if !defined(RF_KV_F16)
#define RF_KV_F16 0
#endif
#if !defined(RF_KEYS)
#define RF_KEYS RF_KV_F16
#endif
#if !defined(RF_VALUES)
#define RF_VALUES RF_KV_F16
#endif

template <int TYPE>
struct KvPlain;

template <>
struct KvPlain<1> {
    typedef half_bits Value;
    static const int STEP = 8;  // values of a 16-byte load
    RF_DEVICE static Value value(float from) { return float_to_half(from); }
    RF_DEVICE static float number(Value from) { return half_to_float(from); }
    RF_DEVICE static void numbers(const Bytes16& loaded, float (&out)[STEP]) {
        RF_UNROLL
        for (int i = 0; i < STEP; i++) out[i] = half_to_float(half_bits(loaded.word[i / 2] >> (i % 2 * 16)));
    }
};

template <>
struct KvPlain<0> {
    typedef float Value;
    static const int STEP = 4;
    RF_DEVICE static Value value(float from) { return from; }
    RF_DEVICE static float number(Value from) { return from; }
    RF_DEVICE static void numbers(const Bytes16& loaded, float (&out)[STEP]) {
        RF_UNROLL
        for (int i = 0; i < STEP; i++) out[i] = float_of_bits(int(loaded.word[i]));
    }
};

typedef KvPlain<RF_KV_F16>::Value KvValue;
RF_DEVICE KvValue kv_value(float value) { return KvPlain<RF_KV_F16>::value(value); }

// One side of the cache; plain types have no scales.
struct KvSide {
    const void* values;
    const half_bits* scales;
};
