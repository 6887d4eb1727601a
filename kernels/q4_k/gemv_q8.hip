// q4_k/gemv_q8: y[t][r] = Q4_K row (first_row + r) . x[t]  (+ bias[r]) (+ residual[t][r]), x as signed bytes, by dot4
//   bytes, scales   x: [tokens][columns] and [tokens][columns / 32][2], as ops/quantize_q8 writes them
//   y, bias, residual   as q4_k/gemv
// Order of the sum: gemv_q8.h; the same for every grid and number of tokens.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), tokens).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns).
// Must match: the decoder's row times d * byte in double, relative error 1e-5 of sum |w x|.
#include "block_q4_k.h"
#include "gemv_q8.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gemv_q8(float* y, const void* weights, const signed char* bytes,
                                                    const float* scales, const float* bias, const float* residual,
                                                    int total_rows, int columns, int first_row, int row_count,
                                                    int y_stride) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS];
    const Weights planes = Weights::at(weights, total_rows, columns);
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    float sums[RF_ROWS];
    gemv_q8_rows<RF_ROWS>(planes, bytes + wide(block_y()) * columns, scales + wide(block_y()) * (columns / 16), rows,
                          slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) finish_row(y, bias, residual, wide(block_y()) * y_stride + row + r, row + r, sums[r]);
    }
}
