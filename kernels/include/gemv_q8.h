// gemv_q8.h: rows of a quantized weight tensor times one vector of signed bytes (q8.h), by dot4.
//
// Order of a row's sum as in gemv.h, but a unit's 32 products are one exact integer sum, scaled once.
#pragma once
#include "q8.h"
#include "rows.h"

template <int N, typename W>
RF_DEVICE void gemv_q8_rows(const W& weights, const signed char* bytes, const float* scales, const int (&rows)[N],
                            float* slots, float (&sums)[N]) {
    RF_UNROLL
    for (int r = 0; r < N; r++) sums[r] = 0.0f;
    for (int unit = group_thread(); unit < weights.units; unit += RF_WAVE * RF_SHARE) {
        typename W::Unit units[N];
        RF_UNROLL
        for (int r = 0; r < N; r++)
            units[r] = weights.load(rows[r], unit);  // all loads first, to have them in flight together
        const Q8Unit x = load_q8(bytes, scales, unit);
        RF_UNROLL
        for (int r = 0; r < N; r++) sums[r] += W::dot(units[r], x);
    }
    group_sum<N>(slots, sums);
}

// The rows of a block for one token: everything begins at the token, bias (or null) at the first row.
template <typename W>
RF_DEVICE void gemv_q8_block(float* y, const W& weights, const signed char* bytes, const float* scales,
                             const float* bias, const float* residual, int first_row, int row_count) {
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS];
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    float sums[RF_ROWS];
    gemv_q8_rows<RF_ROWS>(weights, bytes, scales, rows, slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) finish_row(y, bias, residual, row + r, sums[r]);
    }
}

// 32 pairs of gate and up rows, joined by SwiGLU and quantized: one unit a block, so that no other launch has to do it.
const int UNIT_PAIRS = UNIT / GROUPS > 0 ? UNIT / GROUPS : 1;
const int PAIRS_AT_ONCE = RF_ROWS < UNIT_PAIRS ? RF_ROWS : UNIT_PAIRS;

template <typename W>
RF_DEVICE void gate_up_q8_block(signed char* out_bytes, float* out_scales, const W& weights, const signed char* bytes,
                                const float* scales, int first_row, int row_count) {
    static_assert(UNIT_PAIRS * GROUPS == UNIT, "the groups of a block share 32 rows");
    static_assert(UNIT_PAIRS % PAIRS_AT_ONCE == 0, "RF_ROWS divides the pairs of a group");
    RF_SHARED float slots[RF_THREADS / RF_WAVE * PAIRS_AT_ONCE * 2];
    RF_SHARED float results[UNIT];
    for (int pair = 0; pair < UNIT_PAIRS; pair += PAIRS_AT_ONCE) {
        const int in_unit = group() * UNIT_PAIRS + pair;
        int rows[PAIRS_AT_ONCE * 2];
        gate_and_up_rows(first_row, block_x() * UNIT + in_unit, row_count, rows);
        float sums[PAIRS_AT_ONCE * 2];
        gemv_q8_rows<PAIRS_AT_ONCE * 2>(weights, bytes, scales, rows, slots, sums);
        if (group_thread() == 0) {
            RF_UNROLL
            for (int r = 0; r < PAIRS_AT_ONCE; r++) results[in_unit + r] = gated(sums[r], sums[PAIRS_AT_ONCE + r]);
        }
        if (RF_SHARE > 1) barrier();  // the next pairs use the slots again
    }
    barrier();
    if (thread_x() >= RF_WAVE) return;
    float four[4];
    RF_UNROLL
    for (int i = 0; i < 4; i++) four[i] = results[lane() % 8 * 4 + i];
    quantize_four(four, reinterpret_cast<int*>(out_bytes), out_scales, block_x() * 8 + lane() % 8, lane() < 8);
}
