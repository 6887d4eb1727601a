// ops/attention_decode: attention of single tokens, the positions split over blocks; the last block of a token and kv head joins the parts.
//   out      [tokens][out_stride] f32, or null: then as signed bytes (q8.h) for the output projection, heads of 32 n values,
//   bytes, scales   [tokens][heads * RF_HEAD_SIZE] and [tokens][heads * RF_HEAD_SIZE / 32][2]
//   partial  [tokens][heads][splits][RF_HEAD_SIZE + 2] f32: unnormalised sum, largest score, softmax sum
//   arrivals [tokens][kv_heads * ceil(group / 8)] int, zero before and after (arrive.h)
//   q        [tokens][q_stride] f32; keys, key_scales, values, value_scales as attention_prefill
//   state    { position of token 0, length after this call }; token t sees positions 0 ... state[0] + t
// A split takes ceil(positions / splits) positions, rounded up to ATTENTION_KEYS: any length fits any grid. The query heads of a
// kv head share the reads of the cache.
// Order: attention.h inside a split, splits rising; it depends on `splits` and the length.
// Launch: 4 * RF_WAVE threads, grid (splits, kv_heads * ceil(group / 8), tokens), group = heads / kv_heads.
// Constants: RF_HEAD_SIZE 128, RF_KV_F16 0, or RF_KEYS and RF_VALUES apart.
// Must match: softmax in double, relative L2 1e-5 (f32 cache).
#include "arrive.h"
#include "attention.h"
#include "q8.h"

const int QUERIES = 2;
const int PART = RF_HEAD_SIZE + 2;

struct AttentionOutput {
    float* out;
    int out_stride;
    signed char* bytes;
    float* scales;
};

const int PARTS_AT_ONCE = 8;  // splits whose parts are loaded together

RF_DEVICE float shrink_to(float part, float most) { return part == minus_infinity() ? 0.0f : exponential(part - most); }

// One head of one token from its parts, by a wave, splits rising. An empty split has minus infinity; a NaN passes through to the result.
RF_DEVICE void combine(const AttentionOutput& to, const float* parts, int splits, int token, int head, int columns) {
    for (int begin = 0; begin < RF_HEAD_SIZE; begin += 4 * RF_WAVE) {
        const int at = begin + lane() * 4;
        float values[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        float total = 0.0f;
        float most = minus_infinity();
        for (int first = 0; first < splits; first += PARTS_AT_ONCE) {
            float part[PARTS_AT_ONCE][4];
            float largest[PARTS_AT_ONCE];
            float sums[PARTS_AT_ONCE];
            RF_UNROLL
            for (int s = 0; s < PARTS_AT_ONCE; s++) {
                const bool there = first + s < splits;
                const float* from = parts + wide(there ? first + s : 0) * PART;
                largest[s] = there ? from[RF_HEAD_SIZE] : minus_infinity();
                sums[s] = there ? from[RF_HEAD_SIZE + 1] : 0.0f;
                RF_UNROLL
                for (int i = 0; i < 4; i++) part[s][i] = there && at + i < RF_HEAD_SIZE ? from[at + i] : 0.0f;
            }
            float larger = most;
            RF_UNROLL
            for (int s = 0; s < PARTS_AT_ONCE; s++) larger = maximum(larger, largest[s]);
            const float before = shrink_to(most, larger);
            total *= before;
            RF_UNROLL
            for (int i = 0; i < 4; i++) values[i] *= before;
            RF_UNROLL
            for (int s = 0; s < PARTS_AT_ONCE; s++) {
                const float factor = shrink_to(largest[s], larger);
                RF_UNROLL
                for (int i = 0; i < 4; i++) values[i] += part[s][i] * factor;
                total += sums[s] * factor;
            }
            most = larger;
        }
        RF_UNROLL
        for (int i = 0; i < 4; i++) values[i] = values[i] / total;
        if (to.out) {
            RF_UNROLL
            for (int i = 0; i < 4; i++) {
                if (at + i < RF_HEAD_SIZE)
                    to.out[wide(token) * to.out_stride + head * RF_HEAD_SIZE + at + i] = values[i];
            }
        } else {
            quantize_four(values, reinterpret_cast<int*>(to.bytes + wide(token) * columns),
                          to.scales + wide(token) * (columns / 16), (head * RF_HEAD_SIZE + at) / 4, at < RF_HEAD_SIZE);
        }
    }
}

RF_KERNEL RF_LAUNCH_BOUNDS(4 * RF_WAVE) void attention_decode(float* out, signed char* bytes, float* scales,
                                                              float* partial, int* arrivals, const float* q,
                                                              const void* keys, const half_bits* key_scales,
                                                              const void* values, const half_bits* value_scales,
                                                              const int* state, int heads, int kv_heads, int splits,
                                                              int q_stride, int out_stride, int scale_bits) {
    RF_SHARED AttentionTile<QUERIES> tile;
    const int group = heads / kv_heads;
    const int group_parts = (group + ATTENTION_WAVES * QUERIES - 1) / (ATTENTION_WAVES * QUERIES);
    const int kv_head = block_y() / group_parts;
    const int first_member = block_y() % group_parts * ATTENTION_WAVES * QUERIES;
    const int token = block_z();
    const int positions = state[0] + token + 1;
    const int share = ((positions + splits - 1) / splits + ATTENTION_KEYS - 1) / ATTENTION_KEYS * ATTENTION_KEYS;
    const int begin = block_x() * share < positions ? block_x() * share : positions;
    const int end = begin + share < positions ? begin + share : positions;
    RF_UNROLL  // all loads at once: one after the other they would take longer than a tile
        for (int n = 0; n < (ATTENTION_WAVES * QUERIES * HEAD_PADDED + ATTENTION_THREADS - 1) / ATTENTION_THREADS;
             n++) {
        const int i = thread_x() + n * ATTENTION_THREADS;
        const int member = first_member + i / HEAD_PADDED;
        const int in_head = i % HEAD_PADDED;
        const wide at = wide(token) * q_stride + (kv_head * group + member) * RF_HEAD_SIZE + in_head;
        const float value = member < group && in_head < RF_HEAD_SIZE ? q[at] * float_of_bits(scale_bits) : 0.0f;
        if (i < ATTENTION_WAVES * QUERIES * HEAD_PADDED) tile.q[i] = value;
    }
    int limit[QUERIES];
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) limit[j] = end;
    AttentionRows<QUERIES> rows;
    attend<QUERIES>(tile, KvSide{keys, key_scales}, KvSide{values, value_scales}, kv_heads * RF_HEAD_SIZE, kv_head,
                    begin, end, limit, rows);
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) {
        const int member = first_member + thread_x() / RF_WAVE * QUERIES + j;
        if (member >= group) continue;
        float* part = partial + ((wide(token) * heads + kv_head * group + member) * splits + block_x()) * PART;
        RF_UNROLL
        for (int i = 0; i < HEAD_LANES; i++) {
            if (lane() + i * RF_WAVE < RF_HEAD_SIZE) part[lane() + i * RF_WAVE] = rows.sum[j][i];
        }
        if (lane() == 0) {
            part[RF_HEAD_SIZE] = rows.most[j];
            part[RF_HEAD_SIZE + 1] = rows.total[j];
        }
    }
    if (!last_to_arrive(arrivals + wide(token) * grid_y() + block_y(), splits)) return;
    const AttentionOutput to = {out, out_stride, bytes, scales};
    for (int j = 0; j < QUERIES; j++) {
        const int member = first_member + thread_x() / RF_WAVE * QUERIES + j;
        const int head = kv_head * group + member;
        if (member >= group) continue;
        combine(to, partial + (wide(token) * heads + head) * splits * PART, splits, token, head, heads * RF_HEAD_SIZE);
    }
}
