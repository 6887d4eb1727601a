// norm.h: RMSNorm of one row by a block, shared by the kernels that begin with it.
// Order of the sum of squares: thread t takes the four values from 4 t, from 4 (t + block), ..., rising; wave_sum; waves rising.
#pragma once
#include "reduce.h"

// The factor of the row; x aligned to 16 bytes where columns is a multiple of 4. All threads of the block call; `slots` as in block_sum.
RF_DEVICE float norm_factor(const float* x, int columns, float eps, float* slots) {
    float squares = 0.0f;
    for (int four = thread_x() * 4; four < columns; four += block_size_x() * 4) {
        float values[4];
        if (columns % 4 == 0) {
            load_four(x + four, values);
        } else {
            for (int i = 0; i < 4; i++) values[i] = four + i < columns ? x[four + i] : 0.0f;
        }
        RF_UNROLL
        for (int i = 0; i < 4; i++) squares += values[i] * values[i];
    }
    return inverse_root(block_sum(squares, slots) / float(columns) + eps);
}
