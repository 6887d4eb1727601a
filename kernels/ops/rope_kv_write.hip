// ops/rope_kv_write: from the joined rows of Q, K and V: Q turned in place, K turned and V as it is into the cache.
//   qkv      [tokens][stride]: heads, then kv_heads keys, then kv_heads values, head_size f32 each
//   keys, values, table, state, rotary, pairing   as ops/rope and ops/kv_write; head_size and rotary even
// Launch: 64 threads, one thread a pair: grid (ceil((heads + 2 * kv_heads) * head_size / 2 / 64), tokens). Constants: RF_KV_F16 0.
// Must match: ops/rope followed by ops/kv_write, exactly.
#include "rope.h"

RF_KERNEL RF_LAUNCH_BOUNDS(64) void rope_kv_write(float* qkv, void* keys, void* values, const float* table,
                                                  const int* state, int heads, int kv_heads, int head_size, int rotary,
                                                  int stride, int pairing) {
    float* rows = qkv + wide(block_y()) * stride;
    const QkvTarget target = {rows,  keys,     values,    table,  state[0] + block_y(),
                              heads, kv_heads, head_size, rotary, pairing};
    const int index = block_x() * 64 + thread_x();
    if (index >= target.pairs()) return;
    const RopePair two = target.rows(index);
    target.write(index, two, rows[two.first], rows[two.second]);
}
