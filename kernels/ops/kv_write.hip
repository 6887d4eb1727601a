// ops/kv_write: appends the keys and values of some tokens to the cache.
//   keys, values    cache [capacity][columns], f32 or (RF_KV_F16 1) f16, columns = kv heads * head size
//   k, v            [tokens][stride] f32
//   state           { position of token 0, length after this call }
// Launch: 128 threads: grid (ceil(columns / 128), tokens). Constants: RF_KV_F16 0.
// Must match: copy; f16 rounds to nearest even.
#include "kv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(128) void kv_write(void* keys, void* values, const float* k, const float* v,
                                              const int* state, int columns, int k_stride, int v_stride) {
    const int column = block_x() * 128 + thread_x();
    if (column >= columns) return;
    const wide at = wide(state[0] + block_y()) * columns + column;
    static_cast<KvValue*>(keys)[at] = kv_value(k[wide(block_y()) * k_stride + column]);
    static_cast<KvValue*>(values)[at] = kv_value(v[wide(block_y()) * v_stride + column]);
}
