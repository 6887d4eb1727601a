// ops/argmax: the greedy token, in two launches, and the step's bookkeeping on the device.
//   logits   [count] f32
//   best     [blocks] f32, index [blocks] int: the largest logit of each block's share and its id
//   token    [1]: the id; of equal logits the lowest id; -1 when a logit is NaN (ops/embed makes NaN of it, checks see it)
//   history  null, or the ids of the whole sequence: history[state[1]] = id
//   state    null, or { position, length }: both are advanced by one, after the history is written
// Launch: argmax: 256 threads, grid (blocks), block b takes ids b * ceil(count / blocks) ...; argmax_finish: RF_WAVE threads, grid (1).
// Must match: the first index of the largest value, exactly.
#include "reduce.h"

// A NaN wins over every number and is given id -1; of equal values the lower id wins.
RF_DEVICE bool argmax_better(float value, int id, float best, int best_id) {
    if (best_id == -1) return false;
    if (id == -1) return true;
    return value > best || (value == best && id < best_id);
}

const int ARGMAX_NONE = 0x7fffffff;

RF_DEVICE void argmax_wave(float& best, int& id) {
    RF_UNROLL
    for (int mask = RF_WAVE / 2; mask > 0; mask >>= 1) {
        const float other = shuffle_xor(best, mask);
        const int other_id = shuffle_xor(id, mask);
        if (argmax_better(other, other_id, best, id)) {
            best = other;
            id = other_id;
        }
    }
}

RF_EARLY(argmax)
RF_KERNEL RF_LAUNCH_BOUNDS(256) void argmax(float* best_of_block, int* id_of_block, const float* logits, int count) {
    RF_SHARED float values[256 / RF_WAVE];
    RF_SHARED int ids[256 / RF_WAVE];
    let_next_start();
    wait_for_previous();
    const int share = (count + grid_x() - 1) / grid_x();
    const int begin = block_x() * share;
    const int end = begin + share < count ? begin + share : count;
    float best = minus_infinity();
    int id = ARGMAX_NONE;
    for (int i = begin + thread_x(); i < end; i += 256) {
        const float value = logits[i];
        const int candidate = value == value ? i : -1;
        if (argmax_better(value, candidate, best, id)) {
            best = value;
            id = candidate;
        }
    }
    argmax_wave(best, id);
    if (lane() == 0) {
        values[thread_x() / RF_WAVE] = best;
        ids[thread_x() / RF_WAVE] = id;
    }
    barrier();
    if (thread_x() != 0) return;
    for (int wave = 1; wave < 256 / RF_WAVE; wave++) {
        if (argmax_better(values[wave], ids[wave], best, id)) {
            best = values[wave];
            id = ids[wave];
        }
    }
    best_of_block[block_x()] = best;
    id_of_block[block_x()] = id;
}

RF_EARLY(argmax_finish)
RF_KERNEL RF_LAUNCH_BOUNDS(RF_WAVE) void argmax_finish(int* token, int* history, int* state, const float* best_of_block,
                                                       const int* id_of_block, int blocks) {
    let_next_start();
    wait_for_previous();
    float best = minus_infinity();
    int id = ARGMAX_NONE;
    for (int i = thread_x(); i < blocks; i += RF_WAVE) {
        if (argmax_better(best_of_block[i], id_of_block[i], best, id)) {
            best = best_of_block[i];
            id = id_of_block[i];
        }
    }
    argmax_wave(best, id);
    if (thread_x() != 0) return;
    token[0] = id;
    if (history) history[state[1]] = id;
    if (state) {
        state[0] += 1;
        state[1] += 1;
    }
}
