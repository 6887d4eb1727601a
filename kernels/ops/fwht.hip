// ops/fwht: y = x H / sqrt(columns), the Hadamard rotation of rows; H in Sylvester's order, its own inverse.
//   y, x        row t begins at t * stride; y may be x
//   columns     a power of two
//   scale_bits  the f32 1 / sqrt(columns) as an int
// Order: sums and differences at distances 1, 2, 4, ..., then the scale. The steps run in y, so any length fits.
// Launch: a multiple of RF_WAVE up to 1024 threads, one block a row: grid (1, tokens).
// Must match: double arithmetic, within log2(columns) + 1 roundings of the row's largest sum of magnitudes.
#include "device.h"

RF_KERNEL RF_LAUNCH_BOUNDS(1024) void fwht(float* y, const float* x, int columns, int y_stride, int x_stride,
                                           int scale_bits) {
    const float* from = x + wide(block_y()) * x_stride;
    float* to = y + wide(block_y()) * y_stride;
    for (int i = thread_x(); i < columns; i += block_size_x()) to[i] = from[i];
    for (int half = 1; half < columns; half *= 2) {
        barrier();
        for (int pair = thread_x(); pair < columns / 2; pair += block_size_x()) {
            const int at = pair / half * 2 * half + pair % half;
            const float a = to[at];
            const float b = to[at + half];
            to[at] = a + b;
            to[at + half] = a - b;
        }
    }
    barrier();
    const float scale = float_of_bits(scale_bits);
    for (int i = thread_x(); i < columns; i += block_size_x()) to[i] *= scale;
}
