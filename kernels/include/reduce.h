// reduce.h: sums and maxima over a wave and a block.
// Order of a sum: lanes pairwise by xor of RF_WAVE/2, ..., 2, 1; then the waves of a block in rising order.
#pragma once
#include "device.h"

// A runtime may bring its own wave_sum and wave_maximum (same order) and say so.
#if !defined(RF_HAS_WAVE_REDUCTIONS)
RF_DEVICE float wave_sum(float value) {
    RF_UNROLL
    for (int mask = RF_WAVE / 2; mask > 0; mask >>= 1) value += shuffle_xor(value, mask);
    return value;
}
RF_DEVICE float wave_maximum(float value) {
    RF_UNROLL
    for (int mask = RF_WAVE / 2; mask > 0; mask >>= 1) value = maximum(value, shuffle_xor(value, mask));
    return value;
}
#endif

const int REDUCE_SLOTS = 32;  // waves of the largest block, 1024 threads

// Sum over the block, known to all threads. `slots` is shared memory of REDUCE_SLOTS floats; the
// barriers inside make it free for another use afterwards.
RF_DEVICE float block_sum(float value, float* slots) {
    const int waves = (block_size_x() + RF_WAVE - 1) / RF_WAVE;
    value = wave_sum(value);
    if (waves == 1) return value;
    if (lane() == 0) slots[thread_x() / RF_WAVE] = value;
    barrier();
    float total = 0.0f;
    for (int wave = 0; wave < waves; wave++) total += slots[wave];
    barrier();
    return total;
}

RF_DEVICE float block_maximum(float value, float* slots) {
    const int waves = (block_size_x() + RF_WAVE - 1) / RF_WAVE;
    value = wave_maximum(value);
    if (waves == 1) return value;
    if (lane() == 0) slots[thread_x() / RF_WAVE] = value;
    barrier();
    float most = slots[0];
    for (int wave = 1; wave < waves; wave++) most = maximum(most, slots[wave]);
    barrier();
    return most;
}
