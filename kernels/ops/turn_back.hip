// ops/turn_back: undoes the random rotation in sums of turned value heads (turbo.h).
//   x        [tokens][stride], head h at h * RF_HEAD_SIZE; in place, or, where bytes is not null, only read
//   bytes, scales   [tokens][heads * RF_HEAD_SIZE] and [tokens][heads * RF_HEAD_SIZE / 32][2]: as signed bytes (q8.h), heads of 32 n values
//   rotation signs and Hartley matrix
// Order: turbo.h, then the signs.
// Launch: 64 threads, one block a head: grid (heads, tokens). Constants: RF_HEAD_SIZE 128.
// Must match: double arithmetic, within log2(RF_HEAD_SIZE) + 1 roundings of the head's largest sum of magnitudes; signed bytes as q8.h.
#include "q8.h"
#include "turbo.h"

RF_KERNEL RF_LAUNCH_BOUNDS(64) void turn_back(float* x, signed char* bytes, float* scales, const float* rotation,
                                              int stride) {
    RF_SHARED float head[RF_HEAD_SIZE];
    RF_SHARED float spare[RF_HEAD_SIZE];
    float* row = x + wide(block_y()) * stride + block_x() * RF_HEAD_SIZE;
    for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) head[i] = row[i];
    turbo_mix(head, spare, rotation + RF_HEAD_SIZE);
    if (!bytes) {
        for (int i = thread_x(); i < RF_HEAD_SIZE; i += block_size_x()) row[i] = head[i] * rotation[i];
        return;
    }
    const int columns = grid_x() * RF_HEAD_SIZE;
    for (int begin = 0; begin < RF_HEAD_SIZE; begin += 4 * block_size_x()) {
        const int at = begin + thread_x() * 4;
        float four[4];
        RF_UNROLL
        for (int i = 0; i < 4; i++) four[i] = at < RF_HEAD_SIZE ? head[at + i] * rotation[at + i] : 0.0f;
        quantize_four(four, reinterpret_cast<int*>(bytes + wide(block_y()) * columns),
                      scales + wide(block_y()) * (columns / 16), (block_x() * RF_HEAD_SIZE + at) / 4,
                      at < RF_HEAD_SIZE);
    }
}
