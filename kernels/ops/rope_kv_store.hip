// ops/rope_kv_store: from the joined rows of Q, K and V into a cache whose keys and values have types of their own (kv.h, turbo.h).
// Q turned by rope in place, and by the random rotation where keys are codes of it; K by rope, then stored; V stored.
//   qkv      [tokens][stride]: heads, then kv_heads keys, then kv_heads values, RF_HEAD_SIZE f32 each
//   keys, key_scales, values, value_scales   the cache; plain types have no scales
//   table, state, rotary, pairing   as ops/rope
//   rotation signs and Hartley matrix (turbo.h)
// Order: rope, turbo.h.
// Launch: 64 threads, one block a head: grid (heads + 2 * kv_heads, tokens). Constants: RF_HEAD_SIZE 128, RF_KEYS 0, RF_VALUES 0.
// Must match: rope and rotation in double; codes equal but for values within rounding of a border.
#include "rope.h"
#include "turbo.h"

RF_KERNEL RF_LAUNCH_BOUNDS(64) void rope_kv_store(float* qkv, void* keys, half_bits* key_scales, void* values,
                                                  half_bits* value_scales, const float* table, const int* state,
                                                  const float* rotation, int heads, int kv_heads, int rotary,
                                                  int stride, int pairing) {
    RF_SHARED float head[RF_HEAD_SIZE];
    RF_SHARED float spare[RF_HEAD_SIZE];
    RF_SHARED float slots[REDUCE_SLOTS];
    const int index = block_x();
    const int position = state[0] + block_y();
    const bool value = index >= heads + kv_heads;
    float* row = qkv + wide(block_y()) * stride + index * RF_HEAD_SIZE;
    for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) head[i] = row[i];
    barrier();
    if (!value) {
        for (int pair = thread_x(); pair < rotary / 2; pair += block_size_x()) {
            const RopePair two = rope_pair(pair, rotary, pairing);
            float a = head[two.first];
            float b = head[two.second];
            rope_turn(table, position, pair, rotary, a, b);
            head[two.first] = a;
            head[two.second] = b;
        }
        barrier();
    }
    const bool turned = value ? RF_VALUES > 1 && RF_VALUES < 8 : RF_KEYS > 1 && RF_KEYS < 8;
    if (turned) {
        for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) head[i] *= rotation[i];
        turbo_mix(head, spare, rotation + RF_HEAD_SIZE);
    }
    if (index < heads) {
        for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) row[i] = head[i];
    } else if (!value) {
        kv_store<RF_KEYS>(keys, key_scales, position, kv_heads, index - heads, head, slots);
    } else {
        kv_store<RF_VALUES>(values, value_scales, position, kv_heads, index - heads - kv_heads, head, slots);
    }
}
