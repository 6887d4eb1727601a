// q4_0/gemv_low_rank: as q4_0/gemv, with the second half of a product of thin factors in the same launch:
// y[t][r] = Q4_0 row (first_row + r) . x[t] + u[r] . inner[t]  (+ bias[r]) (+ residual[t][r])
//   u         [row_count][rank] f32
//   inner     [tokens][rank] f32, V x by ops/low_rank
// Order of the sum: that of gemv.h; then lane i of every wave takes elements i, i + RF_WAVE, ... of u . inner, wave_sum; then both, bias, residual.
// Launch and constants: as q4_0/gemv.
// Must match: the decoder's row times x and u times inner in double, relative error 1e-5 of the sum of magnitudes.
#include "block_q4_0.h"
#include "gemv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gemv_low_rank(float* y, const void* weights, const float* x, const float* u,
                                                          const float* inner, const float* bias, const float* residual,
                                                          int total_rows, int columns, int first_row, int row_count,
                                                          int x_stride, int y_stride, int rank) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS];
    const Weights planes = Weights::at(weights, total_rows, columns);
    const wide token = block_y();
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    float sums[RF_ROWS];
    gemv_rows<RF_ROWS>(planes, x + token * x_stride, columns, rows, slots, sums);
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        const float* factor = u + wide(rows[r] - first_row) * rank;
        float low_rank = 0.0f;
        for (int i = lane(); i < rank; i += RF_WAVE) low_rank += factor[i] * inner[token * rank + i];
        sums[r] += wave_sum(low_rank);
    }
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) {
            finish_row(y + token * y_stride, bias, residual ? residual + token * y_stride : residual, row + r, sums[r]);
        }
    }
}
