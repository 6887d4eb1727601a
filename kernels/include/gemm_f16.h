// gemm_f16.h: weight rows times many tokens by matrix instructions: both sides rounded to f16 in shared memory, f32 sums.
//
// A block of 8 waves computes MATMUL_TOKENS x MATMUL_ROWS of y, 64 columns a step; a wave 2 x 4 tiles of 16 x 16. While the
// tiles of a step are multiplied, those of the next are on their way from memory.
// Order of a sum: columns rising in blocks of 16, inside a block the chip's own; the same for every number of tokens.
#pragma once
#include "matrix.h"
#include "planes.h"

const int MATMUL_TOKENS = 128;
const int MATMUL_ROWS = 128;
const int MATMUL_COLUMNS = 64;
const int MATMUL_WAVES = 8;
const int MATMUL_THREADS = MATMUL_WAVES * RF_WAVE;
const int MATMUL_STRIDE = MATMUL_COLUMNS + 8;  // an odd number of 16-byte steps: rows fall into different banks
const int MATMUL_PARTS = MATMUL_ROWS * MATMUL_COLUMNS / UNIT;  // units a step, of either side
const int MATMUL_A = 2;                                        // tiles of a wave along the tokens
const int MATMUL_B = 4;                                        // tiles of a wave along the rows

struct MatmulTile {
    alignas(16) half_bits x[MATMUL_TOKENS * MATMUL_STRIDE];
    alignas(16) half_bits w[MATMUL_ROWS * MATMUL_STRIDE];
};

RF_DEVICE void store_halves(half_bits* to, const float* values) {
    RF_UNROLL
    for (int i = 0; i < UNIT; i += 8) {
        Bytes16 eight;
        RF_UNROLL
        for (int j = 0; j < 4; j++) {
            eight.word[j] = unsigned(float_to_half(values[i + 2 * j])) | unsigned(float_to_half(values[i + 2 * j + 1]))
                                                                             << 16;
        }
        store16(to + i, eight);
    }
}

// sums[a][b]: tile of tokens first_token + 16 (2 (wave % 4) + a), rows first_row + 16 (4 (wave / 4) + b).
template <typename W>
RF_DEVICE void matmul(const W& weights, const float* x, int x_stride, int columns, int first_row, int last_row,
                      int first_token, int tokens, MatmulTile& tile, float (&sums)[MATMUL_A][MATMUL_B][MATRIX_VALUES]) {
    const int wave = thread_x() / RF_WAVE;
    const int token_tile = wave % 4 * MATMUL_A * MATRIX;
    const int row_tile = wave / 4 * MATMUL_B * MATRIX;
    const bool busy = first_token + token_tile < tokens;
    RF_UNROLL
    for (int a = 0; a < MATMUL_A; a++) {
        RF_UNROLL
        for (int b = 0; b < MATMUL_B; b++) {
            RF_UNROLL
            for (int j = 0; j < MATRIX_VALUES; j++) sums[a][b][j] = 0.0f;
        }
    }
    // Thread 2 i + h carries half h of row and of token i; with waves of 64 half of the threads carry nothing.
    const bool carries = thread_x() < MATMUL_PARTS;
    const int part = carries ? thread_x() / 2 : 0;
    const int half = thread_x() % 2;
    const int row = first_row + part < last_row ? first_row + part : last_row;
    const int token = first_token + part < tokens ? first_token + part : tokens - 1;
    const float* from = x + wide(token) * x_stride;
    typename W::Unit unit = weights.load(row, half < weights.units ? half : 0);
    float xs[UNIT];
    load_unit(from, half, columns, xs);
    for (int step = 0; step < weights.units; step += 2) {
        if (carries) {
            float values[UNIT];
            W::values(unit, values);
            if (step + half >= weights.units) {
                RF_UNROLL
                for (int i = 0; i < UNIT; i++) values[i] = 0.0f;
            }
            store_halves(tile.w + part * MATMUL_STRIDE + half * UNIT, values);
            store_halves(tile.x + part * MATMUL_STRIDE + half * UNIT, xs);
        }
        barrier();
        if (step + 2 < weights.units) {
            const int next = step + 2 + half;
            unit = weights.load(row, next < weights.units ? next : 0);
            load_unit(from, next, columns, xs);
        }
        if (busy) {
            RF_UNROLL
            for (int k = 0; k < MATMUL_COLUMNS; k += MATRIX) {
                MatrixOperand a[MATMUL_A];
                RF_UNROLL
                for (int i = 0; i < MATMUL_A; i++) {
                    a[i] = matrix_load(tile.x + (token_tile + i * MATRIX) * MATMUL_STRIDE + k, MATMUL_STRIDE);
                }
                RF_UNROLL
                for (int j = 0; j < MATMUL_B; j++) {
                    const MatrixOperand b =
                        matrix_load(tile.w + (row_tile + j * MATRIX) * MATMUL_STRIDE + k, MATMUL_STRIDE);
                    RF_UNROLL
                    for (int i = 0; i < MATMUL_A; i++) matrix_multiply(a[i], b, sums[i][j]);
                }
            }
        }
        barrier();
    }
}
