// ops/rms_norm: y = x / sqrt(mean(x^2) + eps) * weight, over rows of `columns` values.
//   y, x      row (g, t) begins at t * stride + g * columns; y may be x
//   weight    [columns]
//   eps_bits  the f32 eps as an int
// Order of the sum of squares: norm.h.
// Launch: a multiple of RF_WAVE up to 1024 threads, one block a row: grid (groups, tokens). groups 1, or heads for a QK norm.
// Must match: double arithmetic, relative error 1e-5.
#include "norm.h"

RF_KERNEL RF_LAUNCH_BOUNDS(1024) void rms_norm(float* y, const float* x, const float* weight, int columns, int y_stride,
                                               int x_stride, int eps_bits) {
    RF_SHARED float slots[REDUCE_SLOTS];
    const float* from = x + wide(block_y()) * x_stride + block_x() * columns;
    float* to = y + wide(block_y()) * y_stride + block_x() * columns;
    const float factor = norm_factor(from, columns, float_of_bits(eps_bits), slots);
    for (int i = thread_x(); i < columns; i += block_size_x()) to[i] = from[i] * factor * weight[i];
}
