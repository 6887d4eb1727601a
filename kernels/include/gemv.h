// gemv.h: rows of a weight tensor times one f32 vector, by waves.
//
// RF_SHARE waves, a group, compute N rows together. Order of a row's sum, the same for every N, every grid and every number of
// tokens: thread t of the L = RF_WAVE * RF_SHARE threads of a group takes units t, t + L, ... in rising order, inside a unit
// weight 0 to 31 one after the other; then wave_sum; then the waves rising.
//
// With RF_DOT2 1 (F16 weights, chips with dot2) x is rounded to f16 and two products at a time are added: pair 0 to 15.
#pragma once
#include "rows.h"

#if !defined(RF_DOT2)
#define RF_DOT2 0
#endif

// sums[r] = row rows[r] times x, known to all lanes of the group. `slots`: shared memory of GROUP_SLOTS<N> floats.
template <int N, typename W>
RF_DEVICE void gemv_rows(const W& weights, const float* x, int columns, const int (&rows)[N], float* slots,
                         float (&sums)[N]) {
    RF_UNROLL
    for (int r = 0; r < N; r++) sums[r] = 0.0f;
    for (int unit = group_thread(); unit < weights.units; unit += RF_WAVE * RF_SHARE) {
        float xs[UNIT];
        load_unit(x, unit, columns, xs);
#if RF_DOT2
        unsigned pairs[UNIT / 2];
        RF_UNROLL
        for (int i = 0; i < UNIT / 2; i++) pairs[i] = float_to_halves(xs[2 * i], xs[2 * i + 1]);
        RF_UNROLL
        for (int r = 0; r < N; r++) sums[r] = W::dot_halves(weights.load(rows[r], unit), pairs, sums[r]);
#else
        RF_UNROLL
        for (int r = 0; r < N; r++) {
            float values[UNIT];
            W::values(weights.load(rows[r], unit), values);
            RF_UNROLL
            for (int i = 0; i < UNIT; i++) sums[r] += values[i] * xs[i];
        }
#endif
    }
    group_sum<N>(slots, sums);
}

// The rows of a block for one token: y, x and residual (or null) begin at the token, bias (or null) at the first row.
template <typename W>
RF_DEVICE void gemv_block(float* y, const W& weights, const float* x, const float* bias, const float* residual,
                          int columns, int first_row, int row_count) {
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS];
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    float sums[RF_ROWS];
    gemv_rows<RF_ROWS>(weights, x, columns, rows, slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) finish_row(y, bias, residual, row + r, sums[r]);
    }
}

// The same for pairs of rows: gate first_row + r, up first_row + row_count + r, joined by SwiGLU.
template <typename W>
RF_DEVICE void gate_up_block(float* y, const W& weights, const float* x, int columns, int first_row, int row_count) {
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS * 2];
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS * 2];
    gate_and_up_rows(first_row, row, row_count, rows);
    float sums[RF_ROWS * 2];
    gemv_rows<RF_ROWS * 2>(weights, x, columns, rows, slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) y[row + r] = gated(sums[r], sums[RF_ROWS + r]);
    }
}
