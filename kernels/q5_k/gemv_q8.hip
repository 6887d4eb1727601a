// q5_k/gemv_q8: y[t][r] = Q5_K row (first_row + r) . x[t]  (+ bias[r]) (+ residual[t][r]), x as signed bytes, by dot4
//   bytes, scales   x: [tokens][columns] and [tokens][columns / 32][2], as ops/quantize_q8 writes them
//   y, bias, residual   as q5_k/gemv
// Order of the sum: gemv_q8.h; the same for every grid and number of tokens.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), tokens).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns).
// Must match: the decoder's row times d * byte in double, relative error 1e-5 of sum |w x|.
#include "block_q5_k.h"
#include "gemv_q8.h"

RF_EARLY(gemv_q8)
RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gemv_q8(float* y, const void* weights, const signed char* bytes,
                                                    const float* scales, const float* bias, const float* residual,
                                                    int total_rows, int columns, int first_row, int row_count,
                                                    int y_stride) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    let_next_start();
    const Weights planes = Weights::at(weights, total_rows, columns);
    const wide token = block_y();
    gemv_q8_block(y + token * y_stride, planes, bytes + token * columns, scales + token * (columns / 16), bias,
                  residual ? residual + token * y_stride : residual, first_row, row_count);
}
