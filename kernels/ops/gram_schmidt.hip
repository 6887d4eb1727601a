// ops/gram_schmidt: makes one row of `vectors` [rows][length] orthogonal to the rows before it, each of which is of length 1 or 0. Its
// shares in them (dot products) come from ops/low_rank with those rows as weights.
#include "reduce.h"

// vectors[row] -= sum over j < row of shares[j] * vectors[j]
// Order of the sum: j rising.
// Launch: 256 threads, one thread a value: grid (ceil(length / 256)).
// Must match: double arithmetic, relative error gamma(row + 2) of the sum of magnitudes.
RF_KERNEL RF_LAUNCH_BOUNDS(256) void take_away(float* vectors, const float* shares, int row, int length) {
    const int column = block_x() * 256 + thread_x();
    if (column >= length) return;
    float sum = 0.0f;
    for (int j = 0; j < row; j++) sum += shares[j] * vectors[wide(j) * length + column];
    vectors[wide(row) * length + column] -= sum;
}

// vectors[row] /= |vectors[row]|; zeros instead where so little is left of it that the rest is rounding: where its length is at most `floor` of
// what it was before shares were taken away, whose square is |vectors[row]|^2 + sum of shares[j]^2.
//   floor_bits  the f32 floor as an int
// Order of both sums: thread i takes i, i + block, ...; then as in reduce.h.
// Launch: a multiple of RF_WAVE up to 1024 threads, one block.
// Must match: double arithmetic, relative error 1e-5.
RF_KERNEL RF_LAUNCH_BOUNDS(1024) void unit_length(float* vectors, const float* shares, int row, int length,
                                                  int floor_bits) {
    RF_SHARED float slots[REDUCE_SLOTS];
    float* vector = vectors + wide(row) * length;
    float kept = 0.0f;
    for (int i = thread_x(); i < length; i += block_size_x()) kept += vector[i] * vector[i];
    kept = block_sum(kept, slots);
    float taken = 0.0f;
    for (int j = thread_x(); j < row; j += block_size_x()) taken += shares[j] * shares[j];
    taken = block_sum(taken, slots);
    const float floor = float_of_bits(floor_bits);
    const bool none = !(kept > floor * floor * (kept + taken));
    const float factor = none ? 0.0f : inverse_root(kept);
    for (int i = thread_x(); i < length; i += block_size_x()) vector[i] *= factor;
}
