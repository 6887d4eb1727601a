// q5_0/gate_up: y[t][r] = g / (1 + exp(-g)) * u, where g = Q5_0 row (first_row + r) . x[t], u = row (first_row + row_count + r) . x[t]
//   weights   the gate rows and then the up rows, joined     other arguments as q5_0/gemv
// Order of the sums: gemv.h.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS: grid (ceil(row_count / R), tokens).
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns).
// Must match: q5_0/gemv twice and ops/elementwise swiglu, exactly.
#include "block_q5_0.h"
#include "gemv.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gate_up(float* y, const void* weights, const float* x, int total_rows,
                                                    int columns, int first_row, int row_count, int x_stride,
                                                    int y_stride) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    const Weights planes = Weights::at(weights, total_rows, columns);
    const wide token = block_y();
    gate_up_block(y + token * y_stride, planes, x + token * x_stride, columns, first_row, row_count);
}
