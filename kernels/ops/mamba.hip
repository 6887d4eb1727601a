// ops/mamba: the causal convolution and the selective scan of a Mamba block (Gu and Dao, 2023, algorithm 2).
// One thread a channel, tokens one after the other, so prefill and decode give the same values for the same tokens.
// Launch: 64 threads, grid (ceil(channels / 64)).
// Must match: double arithmetic, relative error 1e-5 of the largest value.
#include "device.h"

// y[t][c] = silu(bias[c] + sum over k of weight[c][k] * x[t - width + 1 + k][c]), k rising; x before the call comes from `tail`.
//   tail    [channels][width - 1] f32: the last width - 1 inputs, oldest first; zero at the start; brought up to date
//   weight  [channels][width], bias [channels] or null; y may be x
RF_KERNEL RF_LAUNCH_BOUNDS(64) void mamba_conv(float* y, float* tail, const float* x, const float* weight,
                                               const float* bias, int channels, int width, int tokens, int y_stride,
                                               int x_stride) {
    const int channel = block_x() * 64 + thread_x();
    if (channel >= channels) return;
    float* past = tail + wide(channel) * (width - 1);
    const float* factors = weight + wide(channel) * width;
    for (int t = 0; t < tokens; t++) {
        const float now = x[wide(t) * x_stride + channel];
        float sum = bias ? bias[channel] : 0.0f;
        for (int k = 0; k < width - 1; k++) sum += factors[k] * past[k];
        sum += factors[width - 1] * now;
        for (int k = 0; k + 1 < width - 1; k++) past[k] = past[k + 1];
        if (width > 1) past[width - 2] = now;
        y[wide(t) * y_stride + channel] = sum / (1.0f + exponential(-sum));
    }
}

// log(1 + exp(x)), also where exp(x) is small: log(u) * e / (u - 1) repairs the rounding of u = 1 + e.
RF_DEVICE float softplus(float x) {
    if (x > 20.0f) return x;
    const float e = exponential(x);
    const float u = 1.0f + e;
    return u == 1.0f ? e : logarithm(u) * (e / (u - 1.0f));
}

// h[c][s] = exp(delta a[c][s]) h[c][s] + delta b[t][s] x[t][c];  y[t][c] = (sum over s of c[t][s] h[c][s] + d[c] x[t][c]) * silu(z[t][c])
//   delta = softplus(dt[t][c])     state h [channels][states] f32, zero at the start, brought up to date
//   a [channels][states] (negative), d [channels]; b, c [tokens][bc_stride]; s rising; y may be x
RF_KERNEL RF_LAUNCH_BOUNDS(64) void mamba_scan(float* y, float* state, const float* x, const float* dt, const float* a,
                                               const float* b, const float* c, const float* d, const float* z,
                                               int channels, int states, int tokens, int y_stride, int x_stride,
                                               int dt_stride, int bc_stride, int z_stride) {
    const int channel = block_x() * 64 + thread_x();
    if (channel >= channels) return;
    float* h = state + wide(channel) * states;
    const float* rates = a + wide(channel) * states;
    for (int t = 0; t < tokens; t++) {
        const float now = x[wide(t) * x_stride + channel];
        const float delta = softplus(dt[wide(t) * dt_stride + channel]);
        float sum = 0.0f;
        for (int s = 0; s < states; s++) {
            const float value = exponential(delta * rates[s]) * h[s] + delta * b[wide(t) * bc_stride + s] * now;
            h[s] = value;
            sum += c[wide(t) * bc_stride + s] * value;
        }
        const float gate = z[wide(t) * z_stride + channel];
        y[wide(t) * y_stride + channel] = (sum + d[channel] * now) * (gate / (1.0f + exponential(-gate)));
    }
}
