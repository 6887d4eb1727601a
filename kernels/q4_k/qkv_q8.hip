// q4_k/qkv_q8: as q4_k/qkv, the normed token as signed bytes (q8.h) in shared memory, the products by dot4
//   arguments as q4_k/qkv
// Order of the sums: norm.h with RF_THREADS threads, then gemv_q8.h. Shared memory RF_COLUMNS * 5 / 4 bytes.
// Launch: RF_THREADS threads (256), pairs of rows a block P = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS:
//         grid (ceil((heads + 2 * kv_heads) * head_size / 2 / P), tokens).
// Constants: RF_COLUMNS (needed), RF_ROWS 1, RF_SHARE 1, RF_THREADS 256, RF_KV_F16 0.
// Must match: ops/quantize_q8 rms_norm_q8 with RF_THREADS threads, q4_k/gemv_q8, ops/rope_kv_write, exactly.
#if !defined(RF_THREADS)
#define RF_THREADS 256
#endif
#if !defined(RF_COLUMNS)
#define RF_COLUMNS 1024
#endif
#include "block_q4_k.h"
#include "gemv_q8.h"
#include "rope.h"

// Weights are on their way while the token is normed: they do not depend on it, and they are what takes long.
const int QKV_AHEAD = UnitsAhead<RF_ROWS, GEMV_TURNS>::VALUE;
const int NORM_TURNS = RF_COLUMNS <= RF_THREADS * 16 ? (RF_COLUMNS + RF_THREADS * 4 - 1) / (RF_THREADS * 4) : 1;

RF_EARLY(qkv_q8)
RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void qkv_q8(float* q, void* keys, void* values, const void* weights,
                                                   const float* x, const float* norm, const float* bias,
                                                   const float* table, const int* state, int total_rows, int first_row,
                                                   int heads, int kv_heads, int head_size, int rotary, int pairing,
                                                   int x_stride, int q_stride, int eps_bits) {
    RF_SHARED float slots[REDUCE_SLOTS];
    RF_SHARED float sum_slots[RF_THREADS / RF_WAVE * RF_ROWS * 2];
    alignas(16) RF_SHARED signed char bytes[RF_COLUMNS];
    alignas(16) RF_SHARED float scales[RF_COLUMNS / 16];
    let_next_start();
    const Weights planes = Weights::at(weights, total_rows, RF_COLUMNS);
    QkvTarget target = {q + wide(block_y()) * q_stride,
                        keys,
                        values,
                        table,
                        0,  // the position is known once the launch in front is done
                        heads,
                        kv_heads,
                        head_size,
                        rotary,
                        pairing};
    const int first = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS * 2];
    qkv_rows(target, first, first_row, rows);
    FirstUnits<RF_ROWS * 2, QKV_AHEAD, Weights> ahead;
    ahead.load(planes, rows);
    norm_to_q8<NORM_TURNS>(bytes, scales, x + wide(block_y()) * x_stride, norm, RF_COLUMNS, float_of_bits(eps_bits),
                           slots);
    target.position = state[0] + block_y();
    barrier();
    float sums[RF_ROWS * 2];
    gemv_q8_rows_from(ahead, planes, bytes, scales, rows, sum_slots, sums);
    if (group_thread() == 0) qkv_write(target, first, bias, sums);
}
