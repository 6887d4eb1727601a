// f16/gemv: y[t][r] = F16 row (first_row + r) . x[t]  (+ bias[r]) (+ residual[t][r])
//   y         [tokens][y_stride], row_count written     residual  as y, may be y itself; or null
//   x         [tokens][x_stride] f32, 16-byte aligned, x_stride a multiple of 4
//   bias      [row_count] or null
// Order of the sum: gemv.h; the same for every grid and number of tokens.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), tokens).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns), RF_DOT2 0 (gemv.h).
// Must match: the decoder's row times x in double, relative error 1e-5 of sum |w x|.
#include "block_f16.h"
#include "gemv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gemv(float* y, const void* weights, const float* x, const float* bias,
                                                 const float* residual, int total_rows, int columns, int first_row,
                                                 int row_count, int x_stride, int y_stride) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    const Weights planes = Weights::at(weights, total_rows, columns);
    const wide token = block_y();
    gemv_block(y + token * y_stride, planes, x + token * x_stride, bias,
               residual ? residual + token * y_stride : residual, columns, first_row, row_count);
}
