// q5_1/gate_up: y[t][r] = g / (1 + exp(-g)) * u, where g = Q5_1 row (first_row + r) . x[t], u = row (first_row + row_count + r) . x[t]
//   weights   the gate rows and then the up rows, joined     other arguments as q5_1/gemv
// Order of the sums: gemv.h.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), tokens).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns).
// Must match: q5_1/gemv twice and ops/elementwise swiglu, exactly.
#include "block_q5_1.h"
#include "gemv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gate_up(float* y, const void* weights, const float* x, int total_rows,
                                                    int columns, int first_row, int row_count, int x_stride,
                                                    int y_stride) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS * 2];
    const Weights planes = Weights::at(weights, total_rows, columns);
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS * 2];
    gate_and_up_rows(first_row, row, row_count, rows);
    float sums[RF_ROWS * 2];
    gemv_rows<RF_ROWS * 2>(planes, x + wide(block_y()) * x_stride, columns, rows, slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) y[wide(block_y()) * y_stride + row + r] = gated(sums[r], sums[RF_ROWS + r]);
    }
}
