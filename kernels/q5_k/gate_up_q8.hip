// q5_k/gate_up_q8: as q5_k/gate_up, x as signed bytes, and the result quantized for the down projection
//   out_bytes, out_scales   [tokens][row_count] and [tokens][row_count / 32][2] (q8.h); row_count a multiple of 32
//   bytes, scales           x, as q5_k/gemv_q8
// Order of the sums: gemv_q8.h.
// Launch: RF_THREADS threads (256), 32 rows a block: grid (row_count / 32, tokens).
// Constants: RF_THREADS 256, RF_SHARE 1, RF_COLUMNS (then equal to columns); a group computes 32 / groups of a block rows.
// Must match: q5_k/gemv_q8 twice and ops/quantize_q8 swiglu_q8, exactly.
#if !defined(RF_THREADS)
#define RF_THREADS 256
#endif
#include "block_q5_k.h"
#include "gemv_q8.h"

const int PAIRS = UNIT / GROUPS;
static_assert(PAIRS * GROUPS == UNIT, "the groups of a block share 32 rows");

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gate_up_q8(signed char* out_bytes, float* out_scales, const void* weights,
                                                       const signed char* bytes, const float* scales, int total_rows,
                                                       int columns, int first_row, int row_count) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    RF_SHARED float slots[RF_THREADS / RF_WAVE * PAIRS * 2];
    RF_SHARED float results[UNIT];
    const Weights planes = Weights::at(weights, total_rows, columns);
    const int row = block_x() * UNIT + group() * PAIRS;
    int rows[PAIRS * 2];
    gate_and_up_rows(first_row, row, row_count, rows);
    float sums[PAIRS * 2];
    gemv_q8_rows<PAIRS * 2>(planes, bytes + wide(block_y()) * columns, scales + wide(block_y()) * (columns / 16), rows,
                            slots, sums);
    if (group_thread() == 0) {
        RF_UNROLL
        for (int r = 0; r < PAIRS; r++) results[group() * PAIRS + r] = gated(sums[r], sums[PAIRS + r]);
    }
    barrier();
    if (thread_x() >= RF_WAVE) return;
    float four[4];
    RF_UNROLL
    for (int i = 0; i < 4; i++) four[i] = results[lane() % 8 * 4 + i];
    quantize_four(four, reinterpret_cast<int*>(out_bytes + wide(block_y()) * row_count),
                  out_scales + wide(block_y()) * (row_count / 16), block_x() * 8 + lane() % 8, lane() < 8);
}
