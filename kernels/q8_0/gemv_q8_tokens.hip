// q8_0/gemv_q8_tokens: q8_0/gemv_q8 for a few tokens, the weights read once for RF_TOKENS of them (verification of drafts, many sequences)
//   arguments as q8_0/gemv_q8, and tokens
// Order of the sum: gemv_q8.h; a token's result does not depend on the others.
// Launch: RF_THREADS threads (128), rows a block R = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS:
//         grid (ceil(row_count / R), ceil(tokens / RF_TOKENS)).
// Constants: RF_TOKENS 4, RF_ROWS 1, RF_SHARE 1, RF_THREADS 128, RF_COLUMNS (then equal to columns).
// Must match: q8_0/gemv_q8, exactly.
#include "block_q8_0.h"
#include "gemv_q8_tokens.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void gemv_q8_tokens(float* y, const void* weights, const signed char* bytes,
                                                           const float* scales, const float* bias,
                                                           const float* residual, int total_rows, int columns,
                                                           int first_row, int row_count, int y_stride, int tokens) {
#if defined(RF_COLUMNS)
    columns = RF_COLUMNS;
#endif
    const Weights planes = Weights::at(weights, total_rows, columns);
    gemv_q8_tokens_block(y, planes, bytes, scales, bias, residual, columns, first_row, row_count, y_stride,
                         block_y() * RF_TOKENS, tokens);
}
