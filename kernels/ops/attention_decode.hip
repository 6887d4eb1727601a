// ops/attention_decode: attention of single tokens, the positions split over blocks; attention_combine joins the parts.
//   partial  [tokens][heads][splits][RF_HEAD_SIZE + 2] f32: unnormalised sum, largest score, softmax sum
//   q        [tokens][q_stride] f32; keys, values as attention_prefill
//   state    { position of token 0, length after this call }; token t sees positions 0 ... state[0] + t
// A split takes ceil(positions / splits) positions, rounded up to ATTENTION_KEYS: any length fits any grid. The query heads of a
// kv head share the reads of the cache.
// Order: attention.h inside a split, splits rising; it depends on `splits` and the length.
// Launch: attention_decode: 4 * RF_WAVE threads, grid (splits, kv_heads * ceil(group / 8), tokens), group = heads / kv_heads;
//         attention_combine and (heads of 32 n values) attention_combine_q8: 64 threads, grid (heads, tokens). Constants: RF_HEAD_SIZE 128, RF_KV_F16 0.
// Must match: softmax in double, relative L2 1e-5 (f32 cache).
#include "attention.h"
#include "q8.h"

const int QUERIES = 2;
const int PART = RF_HEAD_SIZE + 2;

RF_KERNEL RF_LAUNCH_BOUNDS(4 * RF_WAVE) void attention_decode(float* partial, const float* q, const void* keys,
                                                              const void* values, const int* state, int heads,
                                                              int kv_heads, int splits, int q_stride, int scale_bits) {
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
    for (int i = thread_x(); i < ATTENTION_WAVES * QUERIES * HEAD_PADDED; i += ATTENTION_THREADS) {
        const int member = first_member + i / HEAD_PADDED;
        const int head = kv_head * group + member;
        const int in_head = i % HEAD_PADDED;
        const wide at = wide(token) * q_stride + head * RF_HEAD_SIZE + in_head;
        tile.q[i] = member < group && in_head < RF_HEAD_SIZE ? q[at] * float_of_bits(scale_bits) : 0.0f;
    }
    int limit[QUERIES];
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) limit[j] = end;
    AttentionRows<QUERIES> rows;
    attend<QUERIES>(tile, keys, values, kv_heads * RF_HEAD_SIZE, kv_head, begin, end, limit, rows);
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
}

// Value `at` of a head, from its parts. An empty split has minus infinity; a NaN passes through to the result.
RF_DEVICE float combined(const float* parts, int splits, float most, int at) {
    float sum = 0.0f;
    float total = 0.0f;
    for (int s = 0; s < splits; s++) {
        const float* part = parts + wide(s) * PART;
        const float factor = part[RF_HEAD_SIZE] == minus_infinity() ? 0.0f : exponential(part[RF_HEAD_SIZE] - most);
        sum += part[at] * factor;
        total += part[RF_HEAD_SIZE + 1] * factor;
    }
    return sum / total;
}

RF_DEVICE float largest_of(const float* parts, int splits) {
    float most = minus_infinity();
    for (int s = 0; s < splits; s++) most = maximum(most, parts[wide(s) * PART + RF_HEAD_SIZE]);
    return most;
}

RF_KERNEL RF_LAUNCH_BOUNDS(64) void attention_combine(float* out, const float* partial, int splits, int out_stride) {
    const int head = block_x();
    const float* parts = partial + (wide(block_y()) * grid_x() + head) * splits * PART;
    const float most = largest_of(parts, splits);
    for (int at = thread_x(); at < RF_HEAD_SIZE; at += 64) {
        out[wide(block_y()) * out_stride + head * RF_HEAD_SIZE + at] = combined(parts, splits, most, at);
    }
}

// The same, quantized (q8.h) for the output projection: bytes [tokens][columns], columns = heads * RF_HEAD_SIZE.
#if RF_HEAD_SIZE % 32 == 0
RF_KERNEL RF_LAUNCH_BOUNDS(64) void attention_combine_q8(signed char* bytes, float* scales, const float* partial,
                                                         int splits) {
    const int head = block_x();
    const int columns = grid_x() * RF_HEAD_SIZE;
    const float* parts = partial + (wide(block_y()) * grid_x() + head) * splits * PART;
    const float most = largest_of(parts, splits);
    for (int begin = 0; begin < RF_HEAD_SIZE; begin += 256) {
        const int at = begin + thread_x() * 4;
        float values[4];
        RF_UNROLL
        for (int i = 0; i < 4; i++) values[i] = at < RF_HEAD_SIZE ? combined(parts, splits, most, at + i) : 0.0f;
        quantize_four(values, reinterpret_cast<int*>(bytes + wide(block_y()) * columns),
                      scales + wide(block_y()) * (columns / 16), head * (RF_HEAD_SIZE / 4) + at / 4, at < RF_HEAD_SIZE);
    }
}
#endif
