// ops/low_rank: y = W x (+ bias), or y += W x (+ bias), with a thin f32 matrix W, row-major: V, then U, of a product U V of any
// rank.
//   y, x        token t begins at t * stride
//   weights     [rows][columns]
//   bias        [rows] or null
//   add         1 adds to y, 0 overwrites it
// Order: a lane of the RF_SHARE waves of a row sums every (RF_WAVE * RF_SHARE)-th column in rising order; then the lanes as in reduce.h;
// then the waves rising.
// Launch: RF_THREADS threads (128), RF_THREADS / RF_WAVE / RF_SHARE rows a block: grid (ceil(rows / that), tokens).
// Constants: RF_SHARE 1, RF_THREADS 128: many waves a row where rows are few and long.
// Must match: double arithmetic.
#include "rows.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void low_rank(float* y, const float* weights, const float* x, const float* bias,
                                                     int rows, int columns, int x_stride, int y_stride, int add) {
    RF_SHARED float slots[RF_THREADS / RF_WAVE];
    const int row = block_x() * GROUPS + group();
    const float* from = x + wide(block_y()) * x_stride;
    const float* w = weights + wide(row < rows ? row : 0) * columns;
    float sum[1] = {0.0f};
    for (int i = group_thread(); i < columns; i += RF_WAVE * RF_SHARE) sum[0] += w[i] * from[i];
    group_sum<1>(slots, sum);
    if (row < rows && group_thread() == 0) {
        float* to = y + wide(block_y()) * y_stride + row;
        *to = sum[0] + (add ? *to : 0.0f) + (bias ? bias[row] : 0.0f);
    }
}
