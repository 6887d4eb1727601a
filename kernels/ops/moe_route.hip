// ops/moe_route: the experts of each token and their weights, and the sum over experts.
//   logits   [tokens][stride] f32, `experts` of them
//   ids      [tokens][used] int, weights [tokens][used] f32: the `used` largest, falling; of equal ones the lower id first
// weight = softmax over all experts; with `normalize` divided by the sum of the chosen ones (added in their order).
// A NaN logit gives id 0 with weight NaN in every slot. Any number of experts, used <= experts.
// Launch: RF_WAVE threads, grid (1, tokens).
// Must match: double softmax, ids exactly, weights relative error 1e-5.
#include "reduce.h"

RF_KERNEL RF_LAUNCH_BOUNDS(RF_WAVE) void moe_route(int* ids, float* weights, const float* logits, int experts, int used,
                                                   int stride, int normalize) {
    const float* from = logits + wide(block_y()) * stride;
    int* to = ids + wide(block_y()) * used;
    float* to_weight = weights + wide(block_y()) * used;
    float most = minus_infinity();
    for (int i = thread_x(); i < experts; i += RF_WAVE) most = maximum(most, from[i]);
    most = wave_maximum(most);
    float total = 0.0f;
    for (int i = thread_x(); i < experts; i += RF_WAVE) total += exponential(from[i] - most);
    total = wave_sum(total);
    const bool broken = !(total > 0.0f);
    float last = 0.0f;  // the choice before
    int last_id = -1;
    float chosen = 0.0f;
    for (int slot = 0; slot < used; slot++) {
        float best = minus_infinity();
        int id = experts;
        for (int i = thread_x(); i < experts; i += RF_WAVE) {
            const float value = from[i];
            const bool after = last_id < 0 || value < last || (value == last && i > last_id);
            if (after && (value > best || (value == best && i < id))) {
                best = value;
                id = i;
            }
        }
        RF_UNROLL
        for (int mask = RF_WAVE / 2; mask > 0; mask >>= 1) {
            const float other = shuffle_xor(best, mask);
            const int other_id = shuffle_xor(id, mask);
            if (other > best || (other == best && other_id < id)) {
                best = other;
                id = other_id;
            }
        }
        last = best;
        last_id = id;
        const float weight = broken ? not_a_number() : exponential(best - most) / total;
        chosen += weight;
        if (thread_x() == 0) {
            to[slot] = broken ? 0 : id;
            to_weight[slot] = weight;
        }
    }
    if (normalize && thread_x() == 0) {
        for (int slot = 0; slot < used; slot++) to_weight[slot] /= chosen;
    }
}

// y[t] = (residual[t] +) sum over slots, rising, of weights[t][slot] * parts[t][slot]; y may be residual; residual null: none.
//   parts [tokens][used][columns]; y, residual [tokens][y_stride]
// Launch: 256 threads, grid (ceil(columns / 256), tokens). Must match: double arithmetic, 1e-6 of the sum of |terms|.
RF_KERNEL RF_LAUNCH_BOUNDS(256) void moe_combine(float* y, const float* parts, const float* weights,
                                                 const float* residual, int used, int columns, int y_stride) {
    const int column = block_x() * 256 + thread_x();
    if (column >= columns) return;
    const wide at = wide(block_y()) * y_stride + column;
    float sum = residual ? residual[at] : 0.0f;
    for (int slot = 0; slot < used; slot++) {
        const wide item = wide(block_y()) * used + slot;
        sum += weights[item] * parts[item * columns + column];
    }
    y[at] = sum;
}

// y[t] += x[t] / (1 + exp(-gate[t])): the shared expert. y [tokens][y_stride], x [tokens][x_stride], gate [tokens][gate_stride].
// Launch: 256 threads, grid (ceil(columns / 256), tokens). Must match: double arithmetic, 4 ulp.
RF_KERNEL RF_LAUNCH_BOUNDS(256) void moe_add_shared(float* y, const float* x, const float* gate, int columns,
                                                    int y_stride, int x_stride, int gate_stride) {
    const int column = block_x() * 256 + thread_x();
    if (column >= columns) return;
    const float factor = 1.0f / (1.0f + exponential(-gate[wide(block_y()) * gate_stride]));
    y[wide(block_y()) * y_stride + column] += x[wide(block_y()) * x_stride + column] * factor;
}
