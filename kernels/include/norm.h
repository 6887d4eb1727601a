// norm.h: RMSNorm of one row by a block, shared by the kernels that begin with it.
// Order of the sum of squares: thread i takes i, i + block, ...; wave_sum; waves rising.
#pragma once
#include "reduce.h"

// The factor of the row. All threads of the block call; `slots` as in block_sum.
RF_DEVICE float norm_factor(const float* x, int columns, float eps, float* slots) {
    float squares = 0.0f;
    for (int i = thread_x(); i < columns; i += block_size_x()) squares += x[i] * x[i];
    return inverse_root(block_sum(squares, slots) / float(columns) + eps);
}
