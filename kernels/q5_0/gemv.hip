// q5_0/gemv: y[t][r] = Q5_0 row (first_row + r) . x[t]  (+ bias[r]) (+ residual[t][r])
//   y         [tokens][y_stride], row_count written     residual  as y, may be y itself; or null
//   x         [tokens][x_stride] f32, 16-byte aligned, x_stride a multiple of 4
//   bias      [row_count] or null
// Order of the sum: gemv.h; the same for every grid and number of tokens.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), tokens).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns).
// Must match: the decoder's row times x in double, relative error 1e-5 of sum |w x|.
#include "block_q5_0.h"
#include "gemv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gemv(float* y, const void* weights, const float* x, const float* bias,
                                                 const float* residual, int total_rows, int columns, int first_row,
                                                 int row_count, int x_stride, int y_stride) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS];
    const Weights planes = Weights::at(weights, total_rows, columns);
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    float sums[RF_ROWS];
    gemv_rows<RF_ROWS>(planes, x + wide(block_y()) * x_stride, columns, rows, slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) finish_row(y, bias, residual, wide(block_y()) * y_stride + row + r, row + r, sums[r]);
    }
}
