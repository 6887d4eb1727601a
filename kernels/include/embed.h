// embed.h: one row of a weight tensor as f32, for a token id in device memory.
#pragma once
#include "planes.h"

// One thread a unit. An id outside the vocabulary gives a row of NaN, which the session's checks find.
template <typename W>
RF_DEVICE void embed_unit(float* out, const W& weights, int token, int vocabulary, int columns, int unit) {
    float values[UNIT];
    if (token >= 0 && token < vocabulary) {
        W::values(weights.load(token, unit), values);
    } else {
        for (int i = 0; i < UNIT; i++) values[i] = not_a_number();
    }
    RF_UNROLL
    for (int i = 0; i < UNIT; i++) {
        if (unit * UNIT + i < columns) out[unit * UNIT + i] = values[i];
    }
}
