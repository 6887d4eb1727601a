// kv.h: the value type of the KV cache: f32, or f16 with -DRF_KV_F16=1.
#pragma once
#include "device.h"

#if !defined(RF_KV_F16)
#define RF_KV_F16 0
#endif

#if RF_KV_F16
typedef half_bits KvValue;
RF_DEVICE KvValue kv_value(float value) { return float_to_half(value); }
RF_DEVICE float kv_float(KvValue value) { return half_to_float(value); }
const int KV_STEP = 8;  // values of a 16-byte load
RF_DEVICE void kv_values(const Bytes16& loaded, float (&out)[KV_STEP]) {
    RF_UNROLL
    for (int i = 0; i < KV_STEP; i++) out[i] = half_to_float(half_bits(loaded.word[i / 2] >> (i % 2 * 16)));
}
#else
typedef float KvValue;
RF_DEVICE KvValue kv_value(float value) { return value; }
RF_DEVICE float kv_float(KvValue value) { return value; }
const int KV_STEP = 4;
RF_DEVICE void kv_values(const Bytes16& loaded, float (&out)[KV_STEP]) {
    RF_UNROLL
    for (int i = 0; i < KV_STEP; i++) out[i] = float_of_bits(int(loaded.word[i]));
}
#endif
