// gemv_q8.h: rows of a quantized weight tensor times one vector of signed bytes (q8.h), by dot4.
//
// Order of a row's sum as in gemv.h, but a unit's 32 products are one exact integer sum, scaled once.
#pragma once
#include "arrive.h"
#include "q8.h"
#include "rows.h"

// The first AHEAD units that a thread takes of N rows, in registers: loaded before something that the products have to wait for.
template <int N, int AHEAD, typename W>
struct FirstUnits {
    typename W::Unit units[AHEAD][N];

    RF_DEVICE void load(const W& weights, const int (&rows)[N]) {
        RF_UNROLL
        for (int i = 0; i < AHEAD; i++) {
            const int unit = group_thread() + i * RF_WAVE * RF_SHARE;
            RF_UNROLL
            for (int r = 0; r < N; r++) units[i][r] = weights.load(rows[r], unit < weights.units ? unit : 0);
        }
    }
};

// How many turns of ROWS rows are worth their registers, where every thread makes at most TURNS.
template <int ROWS, int TURNS>
struct UnitsAhead {
    static const int VALUE = TURNS * ROWS < 4 ? TURNS : ROWS < 4 ? 4 / ROWS : 1;
};
#if defined(RF_COLUMNS)
const int GEMV_TURNS = (RF_COLUMNS / UNIT + RF_WAVE * RF_SHARE - 1) / (RF_WAVE * RF_SHARE);
#else
const int GEMV_TURNS = 1;
#endif

// Sums of N rows, beginning with units already there. Order as in gemv.h.
template <int N, int AHEAD, typename W>
RF_DEVICE void gemv_q8_rows_from(const FirstUnits<N, AHEAD, W>& first, const W& weights, const signed char* bytes,
                                 const float* scales, const int (&rows)[N], float* slots, float (&sums)[N]) {
    RF_UNROLL
    for (int r = 0; r < N; r++) sums[r] = 0.0f;
    int unit = group_thread();
    RF_UNROLL
    for (int i = 0; i < AHEAD; i++, unit += RF_WAVE * RF_SHARE) {
        if (unit >= weights.units) continue;
        const Q8Unit x = load_q8(bytes, scales, unit);
        RF_UNROLL
        for (int r = 0; r < N; r++) sums[r] += W::dot(first.units[i][r], x);
    }
    for (; unit < weights.units; unit += RF_WAVE * RF_SHARE) {
        typename W::Unit units[N];
        RF_UNROLL
        for (int r = 0; r < N; r++) units[r] = weights.load(rows[r], unit);
        const Q8Unit x = load_q8(bytes, scales, unit);
        RF_UNROLL
        for (int r = 0; r < N; r++) sums[r] += W::dot(units[r], x);
    }
    group_sum<N>(slots, sums);
}

// The rows of a block for one token: everything begins at the token, bias (or null) at the first row. Weights are under way before
// what the launch in front has to give.
const int GEMV_AHEAD = UnitsAhead<RF_ROWS, GEMV_TURNS>::VALUE;

template <typename W>
RF_DEVICE void gemv_q8_block(float* y, const W& weights, const signed char* bytes, const float* scales,
                             const float* bias, const float* residual, int first_row, int row_count) {
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS];
    const int row = (block_x() * GROUPS + group()) * RF_ROWS;
    int rows[RF_ROWS];
    neighbour_rows<RF_ROWS>(first_row + row, first_row + row_count - 1, rows);
    FirstUnits<RF_ROWS, GEMV_AHEAD, W> ahead;
    ahead.load(weights, rows);
    wait_for_previous();
    float sums[RF_ROWS];
    gemv_q8_rows_from(ahead, weights, bytes, scales, rows, slots, sums);
    if (group_thread() != 0) return;
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) {
        if (row + r < row_count) finish_row(y, bias, residual, row + r, sums[r]);
    }
}

// Pairs of gate and up rows, joined by SwiGLU. A unit of 32 results is quantized by the last of the blocks that share it, so that no
// other launch has to do it.
//   hidden     [row_count] f32, what is quantized       arrivals   [row_count / 32] int, zero before and after (arrive.h)
const int PAIRS_OF_BLOCK = GROUPS * RF_ROWS;
const int GATE_UP_AHEAD = UnitsAhead<RF_ROWS * 2, GEMV_TURNS>::VALUE;
const int BLOCKS_OF_UNIT = UNIT / PAIRS_OF_BLOCK > 0 ? UNIT / PAIRS_OF_BLOCK : 1;

template <typename W>
RF_DEVICE void gate_up_q8_block(signed char* out_bytes, float* out_scales, float* hidden, int* arrivals,
                                const W& weights, const signed char* bytes, const float* scales, int first_row,
                                int row_count) {
    static_assert(sizeof(W) > 0 && PAIRS_OF_BLOCK * BLOCKS_OF_UNIT == UNIT,  // sizeof: only where it is used
                  "whole blocks share the 32 rows of a unit");
    RF_SHARED float slots[RF_THREADS / RF_WAVE * RF_ROWS * 2];
    const int pair = (block_x() * GROUPS + group()) * RF_ROWS;
    const int unit = block_x() / BLOCKS_OF_UNIT;
    int rows[RF_ROWS * 2];
    gate_and_up_rows(first_row, pair, row_count, rows);
    FirstUnits<RF_ROWS * 2, GATE_UP_AHEAD, W> ahead;
    ahead.load(weights, rows);
    wait_for_previous();
    float sums[RF_ROWS * 2];
    gemv_q8_rows_from(ahead, weights, bytes, scales, rows, slots, sums);
    if (group_thread() == 0) {
        RF_UNROLL
        for (int r = 0; r < RF_ROWS; r++) hidden[pair + r] = gated(sums[r], sums[RF_ROWS + r]);
    }
    if (!last_to_arrive(arrivals + unit, BLOCKS_OF_UNIT)) return;
    if (thread_x() >= RF_WAVE) return;
    float four[4];
    RF_UNROLL
    for (int i = 0; i < 4; i++) four[i] = hidden[unit * UNIT + lane() % 8 * 4 + i];
    quantize_four(four, reinterpret_cast<int*>(out_bytes), out_scales, unit * 8 + lane() % 8, lane() < 8);
}
