// ops/attention_prefill: causal attention of many tokens over the cache, which already holds them.
//   out      [tokens][out_stride], head h at h * RF_HEAD_SIZE      q   [tokens][q_stride] f32
//   keys, key_scales, values, value_scales  the cache (kv.h); of turned heads also q must be turned, and out is
//   state    { position of token 0, length after this call }; token t sees positions 0 ... state[0] + t
//   scale_bits    the f32 factor of the scores as an int
// Order: attention.h; the same for every number of tokens in a call.
// Launch: 4 * RF_WAVE threads, 16 tokens a block: grid (ceil(tokens / 16), heads). Constants: RF_HEAD_SIZE 128, RF_KV_F16 0, or RF_KEYS and RF_VALUES apart.
// Must match: softmax in double, relative L2 1e-5 (f32 cache).
#include "attention.h"

const int QUERIES = 4;

RF_KERNEL RF_LAUNCH_BOUNDS(4 * RF_WAVE) void attention_prefill(float* out, const float* q, const void* keys,
                                                               const half_bits* key_scales, const void* values,
                                                               const half_bits* value_scales, const int* state,
                                                               int tokens, int heads, int kv_heads, int q_stride,
                                                               int out_stride, int scale_bits) {
    RF_SHARED AttentionTile<QUERIES> tile;
    const int head = block_y();
    const int first_token = block_x() * ATTENTION_WAVES * QUERIES;
    for (int i = thread_x(); i < ATTENTION_WAVES * QUERIES * HEAD_PADDED; i += ATTENTION_THREADS) {
        const int token = first_token + i / HEAD_PADDED;
        const int in_head = i % HEAD_PADDED;
        const wide at = wide(token) * q_stride + head * RF_HEAD_SIZE + in_head;
        tile.q[i] = token < tokens && in_head < RF_HEAD_SIZE ? q[at] * float_of_bits(scale_bits) : 0.0f;
    }
    const int wave_token = first_token + thread_x() / RF_WAVE * QUERIES;
    int limit[QUERIES];
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) limit[j] = wave_token + j < tokens ? state[0] + wave_token + j + 1 : 0;
    const int last =
        first_token + ATTENTION_WAVES * QUERIES < tokens ? first_token + ATTENTION_WAVES * QUERIES : tokens;
    AttentionRows<QUERIES> rows;
    attend<QUERIES>(tile, KvSide{keys, key_scales}, KvSide{values, value_scales}, kv_heads * RF_HEAD_SIZE,
                    head / (heads / kv_heads), 0, state[0] + last, limit, rows);
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) {
        RF_UNROLL
        for (int i = 0; i < HEAD_LANES; i++) {
            const int at = lane() + i * RF_WAVE;
            if (wave_token + j < tokens && at < RF_HEAD_SIZE) {
                out[wide(wave_token + j) * out_stride + head * RF_HEAD_SIZE + at] = rows.sum[j][i] / rows.total[j];
            }
        }
    }
}
