// q5_k/moe: rows of chosen experts of a Q5_K tensor, one item (token, slot) a block row.
//   ids       [items] expert of each item, in device memory (ops/moe_route)
//   x         [items / x_share][x_stride] f32: items of one token share its row (x_share = experts used), or each has its own (1)
//   y         [items][y_stride]
//   weights   moe_gemv: expert e has rows e * row_count ...; moe_gate_up: gate rows from 2 e * row_count, then its up rows
// An id outside the tensor gives NaN. Order of the sums: gemv.h.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), items).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128.
// Must match: q5_k/gemv and q5_k/gate_up on the expert's rows, exactly.
#include "block_q5_k.h"
#include "gemv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void moe_gemv(float* y, const void* weights, const float* x, const int* ids,
                                                     int total_rows, int columns, int row_count, int x_stride,
                                                     int y_stride, int x_share) {
    const wide item = block_y();
    const int expert = ids[item];
    if (expert_missing(expert, total_rows / row_count)) return spoil_rows(y + item * y_stride, row_count);
    gemv_block(y + item * y_stride, Weights::at(weights, total_rows, columns), x + item / x_share * x_stride, nullptr,
               nullptr, columns, expert * row_count, row_count);
}

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void moe_gate_up(float* y, const void* weights, const float* x, const int* ids,
                                                        int total_rows, int columns, int row_count, int x_stride,
                                                        int y_stride, int x_share) {
    const wide item = block_y();
    const int expert = ids[item];
    if (expert_missing(expert, total_rows / row_count / 2)) return spoil_rows(y + item * y_stride, row_count);
    gate_up_block(y + item * y_stride, Weights::at(weights, total_rows, columns), x + item / x_share * x_stride,
                  columns, expert * 2 * row_count, row_count);
}
