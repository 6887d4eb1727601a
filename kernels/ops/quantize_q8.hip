// ops/quantize_q8: f32 activations -> signed bytes and scales (q8.h), plain, after RMSNorm, or after SwiGLU.
//   bytes    [tokens][columns]     scales   [tokens][columns / 32][2]     columns a multiple of 32
// Must match: q8.h in double from the f32 input, exactly for quantize_q8; |d * byte - y| <= d / 2 + 1e-6 |y| for the others.
#include "q8.h"
#include "swiglu.h"

// x [tokens][x_stride]. Launch: 256 threads: grid (ceil(columns / 1024), tokens).
RF_KERNEL RF_LAUNCH_BOUNDS(256) void quantize_q8(signed char* bytes, float* scales, const float* x, int columns,
                                                 int x_stride) {
    const int four = block_x() * 256 + thread_x();
    const bool inside = four * 4 < columns;
    float values[4];
    RF_UNROLL
    for (int i = 0; i < 4; i++) values[i] = inside ? x[wide(block_y()) * x_stride + four * 4 + i] : 0.0f;
    quantize_four(values, reinterpret_cast<int*>(bytes + wide(block_y()) * columns),
                  scales + wide(block_y()) * (columns / 16), four, inside);
}

// The values are ops/rms_norm's for the same number of threads. Launch: k * RF_WAVE threads, at most 1024: grid (1, tokens).
RF_EARLY(rms_norm_q8)
RF_KERNEL RF_LAUNCH_BOUNDS(1024) void rms_norm_q8(signed char* bytes, float* scales, const float* x,
                                                  const float* weight, int columns, int x_stride, int eps_bits) {
    RF_SHARED float slots[REDUCE_SLOTS];
    let_next_start();
    norm_to_q8<1>(bytes + wide(block_y()) * columns, scales + wide(block_y()) * (columns / 16),
                  x + wide(block_y()) * x_stride, weight, columns, float_of_bits(eps_bits), slots);
}

// gate / (1 + exp(-gate)) * up. Launch: 256 threads: grid (ceil(columns / 1024), tokens).
RF_KERNEL RF_LAUNCH_BOUNDS(256) void swiglu_q8(signed char* bytes, float* scales, const float* gate, const float* up,
                                               int columns, int gate_stride, int up_stride) {
    const int four = block_x() * 256 + thread_x();
    const bool inside = four * 4 < columns;
    float values[4];
    RF_UNROLL
    for (int i = 0; i < 4; i++) {
        const float g = inside ? gate[wide(block_y()) * gate_stride + four * 4 + i] : 0.0f;
        values[i] = inside ? gated(g, up[wide(block_y()) * up_stride + four * 4 + i]) : 0.0f;
    }
    quantize_four(values, reinterpret_cast<int*>(bytes + wide(block_y()) * columns),
                  scales + wide(block_y()) * (columns / 16), four, inside);
}
