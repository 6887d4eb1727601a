// q5_0/gemm: y[t][r] = Q5_0 row (first_row + r) . x[t]  (+ bias[r]) (+ residual[t][r])  for many tokens
//   arguments as q5_0/gemv, and tokens
// Order of the sum: columns rising; the same for every number of tokens.
// Launch: 256 threads, grid (ceil(row_count / 64), ceil(tokens / 64)). LDS 16896 bytes.
// Must match: the decoder's row times x in double, relative error 1e-5 of sum |w x|.
#include "block_q5_0.h"
#include "gemm.h"

RF_KERNEL RF_LAUNCH_BOUNDS(256) void gemm(float* y, const void* weights, const float* x, const float* bias,
                                          const float* residual, int total_rows, int columns, int first_row,
                                          int row_count, int x_stride, int y_stride, int tokens) {
    RF_SHARED GemmTile tile;
    const Weights planes = Weights::at(weights, total_rows, columns);
    const int row = block_x() * GEMM_ROWS;
    const int token = block_y() * GEMM_TOKENS;
    float sums[4][4];
    gemm_tile(planes, x, x_stride, columns, first_row + row, first_row + row_count - 1, token, tokens - 1, tile, sums);
    for (int i = 0; i < 4; i++) {
        const int r = row + i * 16 + thread_x() / 16;
        for (int j = 0; j < 4; j++) {
            const int t = token + j * 16 + thread_x() % 16;
            if (r >= row_count || t >= tokens) continue;
            const wide at = wide(t) * y_stride + r;
            float sum = sums[i][j];
            if (bias) sum += bias[r];
            if (residual) sum += residual[at];
            y[at] = sum;
        }
    }
}
