// ops/low_rank: y = W x (+ bias), or y += W x (+ bias), with a thin f32 matrix W, row-major: V, then U, of a product U V of any
// rank.
//   y, x        token t begins at t * stride
//   weights     [rows][columns]
//   bias        [rows] or null
//   add         1 adds to y, 0 overwrites it
// Order: a lane sums every RF_WAVE-th column in rising order; then the lanes as in reduce.h.
// Launch: 256 threads, one wave a row: grid (ceil(rows * RF_WAVE / 256), tokens).
// Must match: double arithmetic.
#include "reduce.h"

RF_KERNEL RF_LAUNCH_BOUNDS(256) void low_rank(float* y, const float* weights, const float* x, const float* bias,
                                              int rows, int columns, int x_stride, int y_stride, int add) {
    const int row = block_x() * (block_size_x() / RF_WAVE) + thread_x() / RF_WAVE;
    const float* from = x + wide(block_y()) * x_stride;
    const float* w = weights + wide(row < rows ? row : 0) * columns;
    float sum = 0.0f;
    for (int i = lane(); i < columns; i += RF_WAVE) sum += w[i] * from[i];
    sum = wave_sum(sum);
    if (row < rows && lane() == 0) {
        float* to = y + wide(block_y()) * y_stride + row;
        *to = sum + (add ? *to : 0.0f) + (bias ? bias[row] : 0.0f);
    }
}
