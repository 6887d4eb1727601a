// ops/elementwise: swiglu and add over [tokens][columns]; row t of a buffer begins at t * its stride.
// Launch: 256 threads, one thread a value: grid (ceil(columns / 256), tokens).
// Must match: double arithmetic, 4 ulp.
#include "swiglu.h"

// y = gate / (1 + exp(-gate)) * up; y may be gate or up
RF_KERNEL RF_LAUNCH_BOUNDS(256) void swiglu(float* y, const float* gate, const float* up, int columns, int y_stride,
                                            int gate_stride, int up_stride) {
    const int column = block_x() * 256 + thread_x();
    if (column >= columns) return;
    y[wide(block_y()) * y_stride + column] =
        gated(gate[wide(block_y()) * gate_stride + column], up[wide(block_y()) * up_stride + column]);
}

// y = a + b; y may be a or b; a stride of 0 adds the same row (a bias) to every token
RF_KERNEL RF_LAUNCH_BOUNDS(256) void add(float* y, const float* a, const float* b, int columns, int y_stride,
                                         int a_stride, int b_stride) {
    const int column = block_x() * 256 + thread_x();
    if (column >= columns) return;
    y[wide(block_y()) * y_stride + column] =
        a[wide(block_y()) * a_stride + column] + b[wide(block_y()) * b_stride + column];
}
