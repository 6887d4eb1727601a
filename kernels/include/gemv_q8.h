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
