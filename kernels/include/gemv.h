// gemv.h: rows of a weight tensor times one f32 vector, by waves.
//
// A wave computes RF_ROWS neighbouring rows, or RF_SHARE waves compute them together. Order of a row's sum, the same for
// every RF_ROWS, every grid and every number of tokens: thread t of the L = RF_WAVE * RF_SHARE threads of a row takes
// units t, t + L, ... in rising order, inside a unit weight 0 to 31 one after the other; then wave_sum; then the waves rising.
#pragma once
#include "planes.h"
#include "reduce.h"

#if !defined(RF_THREADS)
#define RF_THREADS 128
#endif
#if !defined(RF_ROWS)
#define RF_ROWS 1
#endif
#if !defined(RF_SHARE)
#define RF_SHARE 1
#endif
const int GEMV_GROUPS = RF_THREADS / RF_WAVE / RF_SHARE;  // row groups of a block
static_assert(GEMV_GROUPS >= 1, "RF_THREADS holds at least RF_SHARE waves");

// 32 values of x from `unit`; those past `columns` are zero.
RF_DEVICE void load_unit(const float* x, int unit, int columns, float* out) {
    const float* from = x + unit * UNIT;
    if (unit * UNIT + UNIT <= columns) {
        RF_UNROLL
        for (int i = 0; i < UNIT; i += 4) {
            const Bytes16 four = load16(from + i);
            RF_UNROLL
            for (int j = 0; j < 4; j++) out[i + j] = float_of_bits(int(four.word[j]));
        }
    } else {
        RF_UNROLL
        for (int i = 0; i < UNIT; i++) out[i] = unit * UNIT + i < columns ? from[i] : 0.0f;
    }
}

// sums[r] = row first + r of the group times x, known to all lanes of the group's first wave.
// `slots` is shared memory of RF_THREADS / RF_WAVE * RF_ROWS floats. Rows past `last` repeat row `last`.
template <typename W>
RF_DEVICE void gemv_rows(const W& weights, const float* x, int columns, int first, int last, float* slots,
                         float* sums) {
    const int group_thread = thread_x() % (RF_WAVE * RF_SHARE);
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) sums[r] = 0.0f;
    for (int unit = group_thread; unit < weights.units; unit += RF_WAVE * RF_SHARE) {
        float values[UNIT];
        float xs[UNIT];
        load_unit(x, unit, columns, xs);
        RF_UNROLL
        for (int r = 0; r < RF_ROWS; r++) {
            const int row = first + r < last ? first + r : last;
            W::values(weights.load(row, unit), values);
            RF_UNROLL
            for (int i = 0; i < UNIT; i++) sums[r] += values[i] * xs[i];
        }
    }
    RF_UNROLL
    for (int r = 0; r < RF_ROWS; r++) sums[r] = wave_sum(sums[r]);
#if RF_SHARE == 1
    (void)slots;
#else
    const int wave = thread_x() / RF_WAVE;
    if (lane() == 0) {
        for (int r = 0; r < RF_ROWS; r++) slots[wave * RF_ROWS + r] = sums[r];
    }
    barrier();
    for (int r = 0; r < RF_ROWS; r++) {
        sums[r] = 0.0f;
        for (int w = 0; w < RF_SHARE; w++) sums[r] += slots[(wave / RF_SHARE * RF_SHARE + w) * RF_ROWS + r];
    }
#endif
}
