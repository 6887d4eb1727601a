// norm.h: RMSNorm of one row by a block, shared by the kernels that begin with it.
// Order of the sum of squares: thread t takes the four values from 4 t, from 4 (t + block), ..., rising; wave_sum; waves rising.
#pragma once
#include "reduce.h"

// Adds the squares of a thread's groups from value `begin` of the row on; x aligned to 16 bytes where columns is a multiple of 4.
RF_DEVICE float squares_from(float squares, const float* x, int begin, int columns) {
    for (int at = begin + thread_x() * 4; at < columns; at += block_size_x() * 4) {
        float values[4];
        if (columns % 4 == 0) {
            load_four(x + at, values);
        } else {
            for (int i = 0; i < 4; i++) values[i] = at + i < columns ? x[at + i] : 0.0f;
        }
        RF_UNROLL
        for (int i = 0; i < 4; i++) squares += values[i] * values[i];
    }
    return squares;
}

// The factor of a row from the sums of its threads. All threads of the block call; `slots` as in block_sum.
RF_DEVICE float norm_factor_of(float squares, int columns, float eps, float* slots) {
    return inverse_root(block_sum(squares, slots) / float(columns) + eps);
}

RF_DEVICE float norm_factor(const float* x, int columns, float eps, float* slots) {
    return norm_factor_of(squares_from(0.0f, x, 0, columns), columns, eps, slots);
}
