// ops/softmax: y = exp(x - max x) / sum, one row of `columns` values a token; y may be x.
// Order of the sum: thread i takes i, i + block, ...; wave_sum; waves rising.
// Launch: a multiple of RF_WAVE up to 1024 threads, grid (1, tokens).
// Must match: double arithmetic, relative error 1e-5.
#include "reduce.h"

RF_KERNEL RF_LAUNCH_BOUNDS(1024) void softmax(float* y, const float* x, int columns, int y_stride, int x_stride) {
    RF_SHARED float slots[REDUCE_SLOTS];
    const float* from = x + wide(block_y()) * x_stride;
    float* to = y + wide(block_y()) * y_stride;
    float most = minus_infinity();
    for (int i = thread_x(); i < columns; i += block_size_x()) most = maximum(most, from[i]);
    most = block_maximum(most, slots);
    float sum = 0.0f;
    for (int i = thread_x(); i < columns; i += block_size_x()) sum += exponential(from[i] - most);
    sum = block_sum(sum, slots);
    for (int i = thread_x(); i < columns; i += block_size_x()) to[i] = exponential(from[i] - most) / sum;
}
