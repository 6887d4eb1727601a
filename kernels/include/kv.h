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
#else
typedef float KvValue;
RF_DEVICE KvValue kv_value(float value) { return value; }
RF_DEVICE float kv_float(KvValue value) { return value; }
#endif
