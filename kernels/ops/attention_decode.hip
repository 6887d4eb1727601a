// ops/attention_decode: attention of single tokens, the positions split over blocks; the last block of a token and kv head joins the parts.
//   out      [tokens][out_stride] f32, or null: then as signed bytes (q8.h) for the output projection, heads of 32 n values,
//   bytes, scales   [tokens][heads * RF_HEAD_SIZE] and [tokens][heads * RF_HEAD_SIZE / 32][2]
//   partial  [tokens][heads][splits][PART] f32: unnormalised sum, at PART - 4 largest score and softmax sum
//   arrivals [tokens][grid y] int, zero before and after (arrive.h)
//   q        [tokens][q_stride] f32; keys, key_scales, values, value_scales as attention_prefill
//   state    { position of token 0, length after this call }; token t sees positions 0 ... state[0] + t
// A split takes ceil(positions / splits) positions, rounded up to a wave's ROUND: any length fits any grid. The query heads of a
// kv head share the reads of the cache, as many as a block has.
// Order: attention_group.h inside a split, splits rising; it depends on `splits` and the length.
// Launch: RF_THREADS threads (512), heads of a block H = RF_THREADS / RF_WAVE / RF_SHARE * RF_ROWS:
//         grid (splits, kv_heads * ceil(group / H), tokens), group = heads / kv_heads.
// Constants: RF_HEAD_SIZE 128 (at most 256), RF_ROWS 2, RF_SHARE 4, RF_THREADS 512, RF_KV_F16 0, or RF_KEYS and RF_VALUES apart.
// Must match: softmax in double, relative L2 1e-5 (f32 cache).
#include "arrive.h"
#include "attention_group.h"
#include "q8.h"

const int PART = (RF_HEAD_SIZE + 3) / 4 * 4 + 4;  // parts are read 16 bytes at a time
const int PARTS_AT_ONCE = 8;                      // of a wave, loaded together

struct AttentionOutput {
    float* out;
    int out_stride;
    signed char* bytes;
    float* scales;
};

// Four values of a head, from value `at`; all lanes of the wave call.
RF_DEVICE void put_out(const AttentionOutput& to, int token, int head, int at, int columns, const float (&values)[4]) {
    if (to.out) {
        RF_UNROLL
        for (int i = 0; i < 4; i++) {
            if (at + i < RF_HEAD_SIZE) to.out[wide(token) * to.out_stride + head * RF_HEAD_SIZE + at + i] = values[i];
        }
    } else {
        quantize_four(values, reinterpret_cast<int*>(to.bytes + wide(token) * columns),
                      to.scales + wide(token) * (columns / 16), (head * RF_HEAD_SIZE + at) / 4, at < RF_HEAD_SIZE);
    }
}

RF_DEVICE void store_four(float* to, const float (&values)[4]) {
    Bytes16 four;
    RF_UNROLL
    for (int i = 0; i < 4; i++) four.word[i] = unsigned(bits_of_float(values[i]));
    store16(to, four);
}

// Parts begin ... end - 1 of one head to a place of the meeting, by a wave, rising. An empty part has minus infinity; a NaN passes through.
RF_DEVICE void gather(GroupTile& tile, int share, int member, const float* parts, int begin, int end) {
    RF_UNROLL
    for (int column = 0; column < HEAD_ROOM; column += 4 * RF_WAVE) {
        const int at = column + lane() * 4;
        float values[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        float total = 0.0f;
        float most = minus_infinity();
        for (int first = begin; first < end; first += PARTS_AT_ONCE) {
            float part[PARTS_AT_ONCE][4];
            float largest[PARTS_AT_ONCE];
            float sums[PARTS_AT_ONCE];
            RF_UNROLL
            for (int s = 0; s < PARTS_AT_ONCE; s++) {
                const bool there = first + s < end;
                const float* from = parts + wide(there ? first + s : begin) * PART;
                const Bytes8 softmax = load8(from + PART - 4);
                largest[s] = there ? float_of_bits(int(softmax.word[0])) : minus_infinity();
                sums[s] = there ? float_of_bits(int(softmax.word[1])) : 0.0f;
                RF_UNROLL
                for (int i = 0; i < 4; i++) part[s][i] = 0.0f;
                if (there && at < PART - 4) load_four(from + at, part[s]);
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
        if (at < HEAD_ROOM) store_four(tile.sums(share, member) + at, values);
        if (lane() == 0) {
            tile.most[share * MEMBERS + member] = most;
            tile.total[share * MEMBERS + member] = total;
        }
    }
}

// What `waves` waves left for one head, joined by a wave, waves rising: to `part`, or where that is null, over its total, to the output.
RF_DEVICE void meet(GroupTile& tile, int waves, int member, const AttentionOutput& to, float* part, int token, int head,
                    int columns) {
    float factor[RF_SHARE];
    float most = minus_infinity();
    RF_UNROLL
    for (int w = 0; w < RF_SHARE; w++) {
        factor[w] = w < waves ? tile.most[w * MEMBERS + member] : minus_infinity();
        most = maximum(most, factor[w]);
    }
    float total = 0.0f;
    RF_UNROLL
    for (int w = 0; w < RF_SHARE; w++) {
        factor[w] = shrink_to(factor[w], most);
        if (w < waves) total += tile.total[w * MEMBERS + member] * factor[w];
    }
    RF_UNROLL
    for (int column = 0; column < RF_HEAD_SIZE; column += 4 * RF_WAVE) {
        const int at = column + lane() * 4;
        float values[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        RF_UNROLL
        for (int w = 0; w < RF_SHARE; w++) {
            float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
            if (w < waves && at < HEAD_ROOM) load_four(tile.sums(w, member) + at, sum);
            RF_UNROLL
            for (int i = 0; i < 4; i++) values[i] += sum[i] * factor[w];
        }
        if (part) {
            if (at < PART - 4) store_four(part + at, values);
            continue;
        }
        RF_UNROLL
        for (int i = 0; i < 4; i++) values[i] = values[i] / total;
        put_out(to, token, head, at, columns, values);
    }
    if (part && lane() == 0) {
        part[PART - 4] = most;
        part[PART - 3] = total;
    }
}

// Leaves a wave's rows where its heads meet.
RF_DEVICE void leave(GroupTile& tile, const GroupRows& rows, int share, int member) {
    if (lane() >= KEY_LANES) return;
    RF_UNROLL
    for (int h = 0; h < RF_ROWS; h++) {
        float* sum = tile.sums(share, member + h) + lane() * KV_UNIT;
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) sum[i] = rows.sum[h][i];
        if (lane() == 0) {
            tile.most[share * MEMBERS + member + h] = rows.most[h];
            tile.total[share * MEMBERS + member + h] = rows.total[h];
        }
    }
}

RF_EARLY(attention_decode)
RF_KERNEL RF_LAUNCH_BOUNDS(RF_THREADS) void attention_decode(float* out, signed char* bytes, float* scales,
                                                             float* partial, int* arrivals, const float* q,
                                                             const void* keys, const half_bits* key_scales,
                                                             const void* values, const half_bits* value_scales,
                                                             const int* state, int heads, int kv_heads, int splits,
                                                             int q_stride, int out_stride, int scale_bits) {
    RF_SHARED GroupTile tile;
    let_next_start();
    wait_for_previous();
    const int group = heads / kv_heads;
    const int group_parts = (group + MEMBERS - 1) / MEMBERS;
    const int kv_head = block_y() / group_parts;
    const int first_member = block_y() % group_parts * MEMBERS;
    const int members = group - first_member < MEMBERS ? group - first_member : MEMBERS;
    const int first_head = kv_head * group + first_member;
    const int token = block_z();
    const int wave = thread_x() / RF_WAVE;
    RF_UNROLL  // all loads at once: one after the other they would take longer than a round
        for (int n = 0; n < (MEMBERS * HEAD_ROOM + RF_THREADS - 1) / RF_THREADS; n++) {
        const int i = thread_x() + n * RF_THREADS;
        const int member = i / HEAD_ROOM;
        const int in_head = i % HEAD_ROOM;
        const wide at = wide(token) * q_stride + (first_head + member) * RF_HEAD_SIZE + in_head;
        const float value = member < members && in_head < RF_HEAD_SIZE ? q[at] * float_of_bits(scale_bits) : 0.0f;
        if (i < MEMBERS * HEAD_ROOM) tile.q[i] = value;
    }
    put_group_levels<RF_KEYS>(tile.levels[0]);
    put_group_levels<RF_VALUES>(tile.levels[1]);
    const int positions = state[0] + token + 1;
    const int length = ((positions + splits - 1) / splits + ROUND - 1) / ROUND * ROUND;
    const int begin = block_x() * length < positions ? block_x() * length : positions;
    const int end = begin + length < positions ? begin + length : positions;
    const int waves = waves_with_rounds(begin, end);
    const int share = wave / HEAD_PARTS;
    const int member = wave % HEAD_PARTS * RF_ROWS;
    barrier();
    GroupRows rows;
    attend_group(tile, member, share, KvSide{keys, key_scales}, KvSide{values, value_scales}, kv_heads, kv_head, begin,
                 end, rows);
    if (share < waves) join_lanes(rows);
    const AttentionOutput to = {out, out_stride, bytes, scales};
    float* parts = partial + (wide(token) * heads + first_head) * splits * PART;
    if (share < waves) leave(tile, rows, share, member);
    barrier();
    for (int h = wave; h < members; h += GROUP_WAVES) {
        meet(tile, waves, h, to, splits > 1 ? parts + (wide(h) * splits + block_x()) * PART : nullptr, token,
             first_head + h, heads * RF_HEAD_SIZE);
    }
    if (splits == 1) return;
    if (!last_to_arrive(arrivals + wide(token) * grid_y() + block_y(), splits)) return;
    const int each = (splits + RF_SHARE - 1) / RF_SHARE;
    for (int n = wave; n < MEMBERS * RF_SHARE; n += GROUP_WAVES) {
        const int h = n % MEMBERS;
        const int from = n / MEMBERS * each;
        if (h >= members) continue;
        gather(tile, n / MEMBERS, h, parts + wide(h) * splits * PART, from,
               from + each < splits ? from + each : splits);
    }
    barrier();
    for (int h = wave; h < members; h += GROUP_WAVES) {
        meet(tile, RF_SHARE, h, to, nullptr, token, first_head + h, heads * RF_HEAD_SIZE);
    }
}
