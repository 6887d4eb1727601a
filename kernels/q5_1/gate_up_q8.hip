// q5_1/gate_up_q8: as q5_1/gate_up, x as signed bytes, and the result quantized for the down projection
//   out_bytes, out_scales   [tokens][row_count] and [tokens][row_count / 32][2] (q8.h); row_count a multiple of 32
//   hidden, arrivals        [tokens][row_count] f32 and [tokens][row_count / 32] int (gemv_q8.h)
//   bytes, scales           x, as q5_1/gemv_q8
// Order of the sums: gemv_q8.h.
// Launch: RF_THREADS threads (256), P = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS rows a block, a divisor of 32:
//         grid (row_count / P, tokens).
// Constants: RF_THREADS 256, RF_SHARE 1, RF_ROWS 2 (pairs a group has in flight at once), RF_COLUMNS (then equal to columns).
// Must match: q5_1/gemv_q8 twice and ops/quantize_q8 swiglu_q8, exactly.
#if !defined(RF_THREADS)
#define RF_THREADS 256
#endif
#if !defined(RF_ROWS)
#define RF_ROWS 2
#endif
#include "block_q5_1.h"
#include "gemv_q8.h"

RF_EARLY(gate_up_q8)
RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gate_up_q8(signed char* out_bytes, float* out_scales, float* hidden,
                                                       int* arrivals, const void* weights, const signed char* bytes,
                                                       const float* scales, int total_rows, int columns, int first_row,
                                                       int row_count) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    let_next_start();
    const Weights planes = Weights::at(weights, total_rows, columns);
    const wide token = block_y();
    gate_up_q8_block(out_bytes + token * row_count, out_scales + token * (row_count / 16), hidden + token * row_count,
                     arrivals + token * (row_count / UNIT), planes, bytes + token * columns,
                     scales + token * (columns / 16), first_row, row_count);
}
