// q6_k/qkv: RMSNorm, the joined Q6_K rows of Q, K and V, bias, RoPE, and the write of K and V into the cache, in one launch.
//   q          [tokens][q_stride] f32     keys, values   the caches, as ops/kv_write
//   weights    rows from first_row: heads, then kv_heads keys, then kv_heads values, head_size rows each
//   x          [tokens][x_stride] f32     norm  [RF_COLUMNS]     bias  [all rows] or null
//   table, state, rotary, pairing   as ops/rope; head_size and rotary even
// Every block norms the token for itself in shared memory (RF_COLUMNS * 4 bytes): cheaper than a launch.
// Order of the sums: norm.h with RF_THREADS threads, then gemv.h.
// Launch: RF_THREADS threads (256), pairs of rows a block P = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS:
//         grid (ceil((heads + 2 * kv_heads) * head_size / 2 / P), tokens).
// Constants: RF_COLUMNS (needed), RF_ROWS 1, RF_SHARE 1, RF_THREADS 256, RF_KV_F16 0.
// Must match: ops/rms_norm with RF_THREADS threads, q6_k/gemv, ops/rope_kv_write, exactly.
#if !defined(RF_THREADS)
#define RF_THREADS 256
#endif
#if !defined(RF_COLUMNS)
#define RF_COLUMNS 1024
#endif
#include "block_q6_k.h"
#include "gemv.h"
#include "norm.h"
#include "rope.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void qkv(float* q, void* keys, void* values, const void* weights, const float* x,
                                                const float* norm, const float* bias, const float* table,
                                                const int* state, int total_rows, int first_row, int heads,
                                                int kv_heads, int head_size, int rotary, int pairing, int x_stride,
                                                int q_stride, int eps_bits) {
    RF_SHARED float slots[REDUCE_SLOTS];
    RF_SHARED float sum_slots[RF_THREADS / RF_WAVE * RF_ROWS * 2];
    alignas(16) RF_SHARED float normed[RF_COLUMNS];
    const float* from = x + wide(block_y()) * x_stride;
    const float factor = norm_factor(from, RF_COLUMNS, float_of_bits(eps_bits), slots);
    for (int i = thread_x(); i < RF_COLUMNS; i += RF_THREADS) normed[i] = from[i] * factor * norm[i];
    barrier();
    const Weights planes = Weights::at(weights, total_rows, RF_COLUMNS);
    const QkvTarget target = {q + wide(block_y()) * q_stride,
                              keys,
                              values,
                              table,
                              state[0] + block_y(),
                              heads,
                              kv_heads,
                              head_size,
                              rotary,
                              pairing};
    const int first = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS * 2];
    qkv_rows(target, first, first_row, rows);
    float sums[RF_ROWS * 2];
    gemv_rows<RF_ROWS * 2>(planes, normed, RF_COLUMNS, rows, sum_slots, sums);
    if (group_thread() == 0) qkv_write(target, first, bias, sums);
}
