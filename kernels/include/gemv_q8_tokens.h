// gemv_q8_tokens.h: gemv_q8.h for a few tokens at once: a unit of weights is read once for RF_TOKENS of them.
// Every sum has the order of gemv_q8.h: a token's result does not depend on its neighbours.
#pragma once
#include "gemv_q8.h"

#if !defined(RF_TOKENS)
#define RF_TOKENS 4
#endif

// Rows of this block for tokens first_token ... ; y and residual (or null) begin at token 0. Tokens past `tokens` repeat the last.
template <typename W>
RF_DEVICE void gemv_q8_tokens_block(float* y, const W& weights, const signed char* bytes, const float* scales,
                                    const float* bias, const float* residual, int columns, int first_row, int row_count,
                                    int y_stride, int first_token, int tokens) {
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS * RF_TOKENS];
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    float sums[RF_TOKENS * RF_ROWS];
    RF_UNROLL
    for (int i = 0; i < RF_TOKENS * RF_ROWS; i++) sums[i] = 0.0f;
    for (int unit = group_thread(); unit < weights.units; unit += RF_WAVE * RF_SHARE) {
        typename W::Unit units[RF_ROWS];
        RF_UNROLL
        for (int r = 0; r < RF_ROWS; r++) units[r] = weights.load(rows[r], unit);
        RF_UNROLL
        for (int t = 0; t < RF_TOKENS; t++) {
            const wide token = first_token + t < tokens ? first_token + t : tokens - 1;
            const Q8Unit x = load_q8(bytes + token * columns, scales + token * (columns / 16), unit);
            RF_UNROLL
            for (int r = 0; r < RF_ROWS; r++) sums[t * RF_ROWS + r] += W::dot(units[r], x);
        }
    }
    group_sum<RF_TOKENS * RF_ROWS>(slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int t = 0; t < RF_TOKENS; t++) {
        if (first_token + t >= tokens) continue;
        const wide at = wide(first_token + t) * y_stride;
        RF_UNROLL
        for (int r = 0; r < RF_ROWS; r++) {
            if (row + r >= row_count) continue;
            finish_row(y + at, bias, residual ? residual + at : residual, row + r, sums[t * RF_ROWS + r]);
        }
    }
}
