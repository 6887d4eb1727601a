// gemm.h: rows of a weight tensor times many f32 vectors, in tiles of GEMM_ROWS x GEMM_TOKENS.
// Order of a sum: columns rising, one after the other, in f32; the same for every number of tokens.
#pragma once
#include "planes.h"

const int GEMM_ROWS = 64;
const int GEMM_TOKENS = 64;
const int GEMM_THREADS = 256;
const int GEMM_STRIDE = UNIT + 1;  // one more than a unit, so that rows fall into different banks

struct GemmTile {
    float w[GEMM_ROWS * GEMM_STRIDE];
    float x[GEMM_TOKENS * GEMM_STRIDE];
};

// sums[i][j]: row first_row + i * 16 + ty, token first_token + j * 16 + tx, where tx = thread % 16, ty = thread / 16.
template <typename W>
RF_DEVICE void gemm_tile(const W& weights, const float* x, int x_stride, int columns, int first_row, int last_row,
                         int first_token, int last_token, GemmTile& tile, float (&sums)[4][4]) {
    const int thread = thread_x();
    const int tx = thread % 16;
    const int ty = thread / 16;
    RF_UNROLL
    for (int i = 0; i < 4; i++) {
        RF_UNROLL
        for (int j = 0; j < 4; j++) sums[i][j] = 0.0f;
    }
    for (int unit = 0; unit < weights.units; unit++) {
        if (thread < GEMM_ROWS) {
            const int row = first_row + thread < last_row ? first_row + thread : last_row;
            float values[UNIT];
            W::values(weights.load(row, unit), values);
            RF_UNROLL
            for (int i = 0; i < UNIT; i++) tile.w[thread * GEMM_STRIDE + i] = values[i];
        }
        for (int i = thread; i < GEMM_TOKENS * UNIT; i += GEMM_THREADS) {
            const int token = first_token + i / UNIT < last_token ? first_token + i / UNIT : last_token;
            const int column = unit * UNIT + i % UNIT;
            tile.x[i / UNIT * GEMM_STRIDE + i % UNIT] = column < columns ? x[wide(token) * x_stride + column] : 0.0f;
        }
        barrier();
        for (int k = 0; k < UNIT; k++) {
            float a[4];
            float b[4];
            RF_UNROLL
            for (int i = 0; i < 4; i++) a[i] = tile.w[(i * 16 + ty) * GEMM_STRIDE + k];
            RF_UNROLL
            for (int j = 0; j < 4; j++) b[j] = tile.x[(j * 16 + tx) * GEMM_STRIDE + k];
            RF_UNROLL
            for (int i = 0; i < 4; i++) {
                RF_UNROLL
                for (int j = 0; j < 4; j++) sums[i][j] += a[i] * b[j];
            }
        }
        barrier();
    }
}
