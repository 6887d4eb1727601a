// f16/gemm_f16: as f16/gemm, by matrix instructions: F16 weights and x rounded to f16, sums in f32
//   arguments as f16/gemm; |x| below 65504, larger values become infinity
// Order of the sum: gemm_f16.h; the same for every number of tokens.
// Launch: 8 * RF_WAVE threads, grid (ceil(row_count / 128), ceil(tokens / 128)). LDS 36864 bytes.
// Must match: the decoder's row times x in double, relative L2 of a row of y 1e-3.
#include "block_f16.h"
#include "gemm_f16.h"

RF_KERNEL RF_LAUNCH_BOUNDS(8 * RF_WAVE) void gemm_f16(float* y, const void* weights, const float* x, const float* bias,
                                                      const float* residual, int total_rows, int columns, int first_row,
                                                      int row_count, int x_stride, int y_stride, int tokens) {
    RF_SHARED MatmulTile tile;
    const Weights planes = Weights::at(weights, total_rows, columns);
    const int first = block_x() * MATMUL_ROWS;
    const int first_token = block_y() * MATMUL_TOKENS;
    float sums[MATMUL_A][MATMUL_B][MATRIX_VALUES];
    matmul(planes, x, x_stride, columns, first_row + first, first_row + row_count - 1, first_token, tokens, tile, sums);
    const int wave = thread_x() / RF_WAVE;
    RF_UNROLL
    for (int a = 0; a < MATMUL_A; a++) {
        RF_UNROLL
        for (int b = 0; b < MATMUL_B; b++) {
            RF_UNROLL
            for (int j = 0; j < MATRIX_VALUES; j++) {
                const int token = first_token + (wave % 4 * MATMUL_A + a) * MATRIX + matrix_row(j);
                const int row = first + (wave / 4 * MATMUL_B + b) * MATRIX + matrix_column(j);
                if (token >= tokens || row >= row_count) continue;
                const wide at = wide(token) * y_stride + row;
                float sum = sums[a][b][j];
                if (bias) sum += bias[row];
                if (residual) sum += residual[at];
                y[at] = sum;
            }
        }
    }
}
