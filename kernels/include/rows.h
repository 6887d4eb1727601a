// rows.h: how the waves of a block share the rows of a matrix-vector product.
//
//   RF_THREADS   threads of a block          RF_SHARE   waves of a group, which computes rows together
//   RF_ROWS      rows (or pairs of rows) of a group, neighbours
#pragma once
#include "planes.h"
#include "reduce.h"
#include "swiglu.h"

#if !defined(RF_THREADS)
#define RF_THREADS 128
#endif
#if !defined(RF_ROWS)
#define RF_ROWS 1
#endif
#if !defined(RF_SHARE)
#define RF_SHARE 1
#endif
const int GROUPS = RF_THREADS / RF_WAVE / RF_SHARE;
static_assert(GROUPS >= 1 && GROUPS * RF_WAVE * RF_SHARE == RF_THREADS,
              "RF_THREADS is a multiple of RF_WAVE * RF_SHARE");

RF_DEVICE int group() { return thread_x() / (RF_WAVE * RF_SHARE); }
RF_DEVICE int group_thread() { return thread_x() % (RF_WAVE * RF_SHARE); }

// Sums over the group: wave_sum, then the waves rising. All threads of the block call. `slots`: RF_THREADS / RF_WAVE * N floats.
template <int N>
RF_DEVICE void group_sum(float* slots, float (&sums)[N]) {
    RF_UNROLL
    for (int r = 0; r < N; r++) sums[r] = wave_sum(sums[r]);
#if RF_SHARE == 1
    (void)slots;
#else
    const int wave = thread_x() / RF_WAVE;
    if (lane() == 0) {
        RF_UNROLL
        for (int r = 0; r < N; r++) slots[wave * N + r] = sums[r];
    }
    barrier();
    RF_UNROLL
    for (int r = 0; r < N; r++) {
        sums[r] = 0.0f;
        RF_UNROLL
        for (int w = 0; w < RF_SHARE; w++) sums[r] += slots[(wave / RF_SHARE * RF_SHARE + w) * N + r];
    }
#endif
}

// Row `first` + r for each r, those past `last` repeating it: every lane takes part, only the true rows are written.
template <int N>
RF_DEVICE void neighbour_rows(int first, int last, int (&rows)[N]) {
    RF_UNROLL
    for (int r = 0; r < N; r++) rows[r] = first + r < last ? first + r : last;
}

// The end of a row: bias and residual, if any, in this order.
RF_DEVICE void finish_row(float* y, const float* bias, const float* residual, int row, float sum) {
    if (bias) sum += bias[row];
    if (residual) sum += residual[row];
    y[row] = sum;
}

// rows[r] gate and rows[N / 2 + r] up, of a tensor that joins row_count gate rows and row_count up rows.
template <int N>
RF_DEVICE void gate_and_up_rows(int first_row, int row, int row_count, int (&rows)[N]) {
    RF_UNROLL
    for (int r = 0; r < N / 2; r++) {
        rows[r] = first_row + (row + r < row_count ? row + r : row_count - 1);
        rows[N / 2 + r] = rows[r] + row_count;
    }
}

// Mixture of experts: a wrong id must not read outside the tensor, and must not go unseen.
RF_DEVICE bool expert_missing(int expert, int experts) { return expert < 0 || expert >= experts; }
RF_DEVICE void spoil_rows(float* y, int count) {
    for (int i = block_x() * RF_THREADS + thread_x(); i < count; i += grid_x() * RF_THREADS) y[i] = not_a_number();
}
