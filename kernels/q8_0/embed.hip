// q8_0/embed: out[t] = row tokens[t] of a Q8_0 tensor, as f32.
//   out      [tokens][columns]
//   weights  planes, vocabulary x columns
//   tokens   ids in device memory; an id outside the vocabulary gives a row of NaN
// Launch: 64 threads, one thread a unit: grid (ceil(units / 64), tokens).
// Must match: the type's decoder, bit for bit.
#include "block_q8_0.h"
#include "embed.h"

RF_KERNEL RF_LAUNCH_BOUNDS(64) void embed(float* out, const void* weights, const int* tokens, int vocabulary,
                                          int columns) {
    const Weights planes = Weights::at(weights, vocabulary, columns);
    const int unit = block_x() * 64 + thread_x();
    if (unit >= planes.units) return;
    embed_unit(out + wide(block_y()) * columns, planes, tokens[block_y()], vocabulary, columns, unit);
}
