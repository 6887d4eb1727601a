// q4_k/moe_q8: as q4_k/moe, the activations as signed bytes (q8.h)
//   bytes, scales           x: [items / x_share][columns] and [items / x_share][columns / 32][2]
//   out_bytes, out_scales   [items][row_count] and [items][row_count / 32][2]; row_count of moe_gate_up_q8 a multiple of 32
//   hidden, arrivals        [items][row_count] f32 and [items][row_count / 32] int (gemv_q8.h)
// An id outside the tensor gives NaN (in out_scales). Order of the sums: gemv_q8.h.
// Launch: RF_THREADS threads (256): moe_gemv_q8 grid (ceil(row_count / R), items), R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS;
//         moe_gate_up_q8 grid (row_count / R, items), R a divisor of 32.
// Constants: RF_ROWS 1, RF_SHARE 1, RF_THREADS 256.
// Must match: q4_k/gemv_q8 and q4_k/gate_up_q8 on the expert's rows, exactly.
#if !defined(RF_THREADS)
#define RF_THREADS 256
#endif
#include "block_q4_k.h"
#include "gemv_q8.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void moe_gemv_q8(float* y, const void* weights, const signed char* bytes,
                                                        const float* scales, const int* ids, int total_rows,
                                                        int columns, int row_count, int y_stride, int x_share) {
    const wide item = block_y();
    const wide token = item / x_share;
    const int expert = ids[item];
    if (expert_missing(expert, total_rows / row_count)) return spoil_rows(y + item * y_stride, row_count);
    gemv_q8_block(y + item * y_stride, Weights::at(weights, total_rows, columns), bytes + token * columns,
                  scales + token * (columns / 16), nullptr, nullptr, expert * row_count, row_count);
}

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void moe_gate_up_q8(signed char* out_bytes, float* out_scales, float* hidden,
                                                           int* arrivals, const void* weights, const signed char* bytes,
                                                           const float* scales, const int* ids, int total_rows,
                                                           int columns, int row_count, int x_share) {
    const wide item = block_y();
    const wide token = item / x_share;
    const int expert = ids[item];
    if (expert_missing(expert, total_rows / row_count / 2))
        return spoil_rows(out_scales + item * (row_count / 16), row_count / 16);
    gate_up_q8_block(out_bytes + item * row_count, out_scales + item * (row_count / 16), hidden + item * row_count,
                     arrivals + item * (row_count / UNIT), Weights::at(weights, total_rows, columns),
                     bytes + token * columns, scales + token * (columns / 16), expert * 2 * row_count, row_count);
}
