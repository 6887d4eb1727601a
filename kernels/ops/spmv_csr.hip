// ops/spmv_csr: y = S x (+ bias), or y += S x (+ bias), with S in compressed sparse rows.
//   y, x        token t begins at t * stride
//   starts      [rows + 1], row r has the values starts[r] ... starts[r + 1] - 1
//   columns     column of each value
//   bias        [rows] or null
//   add         1 adds to y, 0 overwrites it
// Order: a lane sums every RF_WAVE-th value of a row in rising order; then the lanes as in reduce.h.
// Launch: 256 threads, one wave a row: grid (ceil(rows * RF_WAVE / 256), tokens).
// Must match: double arithmetic.
#include "reduce.h"

RF_KERNEL RF_LAUNCH_BOUNDS(256) void spmv_csr(float* y, const int* starts, const int* columns, const float* values,
                                              const float* x, const float* bias, int rows, int x_stride, int y_stride,
                                              int add) {
    const int row = block_x() * (block_size_x() / RF_WAVE) + thread_x() / RF_WAVE;
    const float* from = x + wide(block_y()) * x_stride;
    const int end = row < rows ? starts[row + 1] : 0;
    float sum = 0.0f;
    for (int i = row < rows ? starts[row] + lane() : 0; i < end; i += RF_WAVE) sum += values[i] * from[columns[i]];
    sum = wave_sum(sum);
    if (row < rows && lane() == 0) {
        float* to = y + wide(block_y()) * y_stride + row;
        *to = sum + (add ? *to : 0.0f) + (bias ? bias[row] : 0.0f);
    }
}
