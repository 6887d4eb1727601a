// ops/rope: rotates the first `rotary` values of each head, in place.
//   x        head (h, t) begins at t * stride + h * head_size
//   table    [positions][rotary / 2][2]: cosine and sine, made on the host in double, factors and scales inside
//   state    { position of token 0, length after this call }
//   pairing  0: values i and i + rotary / 2 (NEOX)    1: values 2 i and 2 i + 1
// Launch: 64 threads, one thread a pair: grid (ceil(heads * rotary / 2 / 64), tokens).
// Must match: double arithmetic on the same table, 2 ulp of the larger of the pair.
#include "rope.h"

RF_KERNEL RF_LAUNCH_BOUNDS(64) void rope(float* x, const float* table, const int* state, int heads, int head_size,
                                         int rotary, int stride, int pairing) {
    const int pairs = rotary / 2;
    const int index = block_x() * 64 + thread_x();
    if (index >= heads * pairs) return;
    float* head = x + wide(block_y()) * stride + index / pairs * head_size;
    const RopePair two = rope_pair(index % pairs, rotary, pairing);
    rope_turn(table, state[0] + block_y(), index % pairs, rotary, head[two.first], head[two.second]);
}
