// attention_group.h: online-softmax attention of one token's query heads that share a kv head, over a range of positions.
//
//   RF_THREADS   threads of a block          RF_SHARE   waves that share a head's positions
//   RF_ROWS      query heads of a wave
//
// A lane holds eight values of a head (KV_UNIT) of KEY_STEPS positions in registers; KEY_LANES lanes hold a position's head, a wave
// KEYS_AT_ONCE positions a step and ROUND a round. The waves of a head take rounds in turn and meet once, at the end. The heads of a
// block read the same keys and values, from memory once and then from the cache next to them; all loads of a round are under way together.
// Order: a score's sum over eight values rising, then over the lanes of a position pairwise, farthest first; a lane's positions
// rising; then softmax parts over the lanes of a position, over the positions of a step, over waves rising.
#pragma once
#include "turbo.h"

#if !defined(RF_THREADS)
#define RF_THREADS 512
#endif
#if !defined(RF_SHARE)
#define RF_SHARE 4
#endif
#if !defined(RF_ROWS)
#define RF_ROWS 2
#endif

const int GROUP_WAVES = RF_THREADS / RF_WAVE;
const int HEAD_PARTS = GROUP_WAVES / RF_SHARE;  // waves side by side, each with heads of its own
static_assert(HEAD_PARTS >= 1 && HEAD_PARTS * RF_SHARE * RF_WAVE == RF_THREADS,
              "RF_THREADS is a multiple of RF_WAVE * RF_SHARE");
const int MEMBERS = RF_ROWS * HEAD_PARTS;  // heads of a block
const int KEY_LANES = KV_UNITS <= 1    ? 1
                      : KV_UNITS <= 2  ? 2
                      : KV_UNITS <= 4  ? 4
                      : KV_UNITS <= 8  ? 8
                      : KV_UNITS <= 16 ? 16
                                       : 32;
static_assert(KV_UNITS <= 32, "a head has at most 256 values");
const int KEYS_AT_ONCE = RF_WAVE / KEY_LANES;
const int WANTED_STEPS = KEYS_AT_ONCE >= 16 ? 1 : 16 / KEYS_AT_ONCE;
const int KEY_STEPS = WANTED_STEPS < 4 ? WANTED_STEPS : 4;  // more do not fit into registers
const int ROUND = KEYS_AT_ONCE * KEY_STEPS;
const int LANES_OF_SCORE = KEY_LANES / KEY_STEPS;  // lanes that hold the same position's score
const int HEAD_ROOM = KEY_LANES * KV_UNIT;         // values of a head in shared memory; those past its end are zero
static_assert(KEY_STEPS <= KEY_LANES, "every position of a lane gets a lane of its own for its score");

// Eight values of a head as they lie in the cache. Past the end of the head or of the range they are zero.
template <int TYPE, bool WHOLE>
struct KvEight;

template <>
struct KvEight<1, true> {
    Bytes16 loaded;
    RF_DEVICE void load(const KvSide& side, wide head, int unit, bool inside) {
        loaded = Bytes16{{0, 0, 0, 0}};
        if (inside) loaded = load16(static_cast<const half_bits*>(side.values) + head * RF_HEAD_SIZE + unit * KV_UNIT);
    }
    RF_DEVICE void numbers(const float*, float (&out)[KV_UNIT]) const { KvPlain<1>::numbers(loaded, out); }
};

template <>
struct KvEight<0, true> {
    Bytes16 loaded[2];
    RF_DEVICE void load(const KvSide& side, wide head, int unit, bool inside) {
        loaded[0] = loaded[1] = Bytes16{{0, 0, 0, 0}};
        if (!inside) return;
        const float* from = static_cast<const float*>(side.values) + head * RF_HEAD_SIZE + unit * KV_UNIT;
        loaded[0] = load16(from);
        loaded[1] = load16(from + 4);
    }
    RF_DEVICE void numbers(const float*, float (&out)[KV_UNIT]) const {
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) out[i] = float_of_bits(int(loaded[i / 4].word[i % 4]));
    }
};

// Heads that do not end with eight values, value by value.
template <int TYPE>
struct KvEight<TYPE, false> {
    float loaded[KV_UNIT];
    RF_DEVICE void load(const KvSide& side, wide head, int unit, bool inside) {
        typedef typename KvPlain<TYPE>::Value Value;
        const Value* from = static_cast<const Value*>(side.values) + head * RF_HEAD_SIZE + unit * KV_UNIT;
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) {
            loaded[i] = inside && unit * KV_UNIT + i < RF_HEAD_SIZE ? KvPlain<TYPE>::number(from[i]) : 0.0f;
        }
    }
    RF_DEVICE void numbers(const float*, float (&out)[KV_UNIT]) const {
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) out[i] = loaded[i];
    }
};

// Codes of a head and their scale.
template <int TYPE>
struct CodedEight {
    static const int SCALES = TYPE == 8 ? KV_SCALES : 1;
    wide codes;
    half_bits scale;
    RF_DEVICE void load(const KvSide& side, wide head, int unit, bool inside) {
        codes = 0;
        scale = 0;
        if (!inside) return;
        codes = load_unit<TYPE>(static_cast<const unsigned char*>(side.values) + (head * KV_UNITS + unit) * TYPE);
        scale = side.scales[head * SCALES + (TYPE == 8 ? unit / (KV_BYTES_UNIT / KV_UNIT) : 0)];
    }
    RF_DEVICE void numbers(const float* levels, float (&out)[KV_UNIT]) const {
        const float factor = half_to_float(scale);
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) {
            const int code = int(codes >> (i * TYPE)) & ((1 << TYPE) - 1);
            out[i] = (TYPE == 8 ? float((signed char)(code)) : levels[code]) * factor;
        }
    }
};

// A value type's eight: a name that holds for all of them.
template <int TYPE>
struct KvEightOf {
    typedef CodedEight<TYPE> Type;
};
template <>
struct KvEightOf<0> {
    typedef KvEight<0, RF_HEAD_SIZE % KV_UNIT == 0> Type;
};
template <>
struct KvEightOf<1> {
    typedef KvEight<1, RF_HEAD_SIZE % KV_UNIT == 0> Type;
};

// What a block shares: queries, scaled and padded with zeros; levels of codes; and where the waves of its heads meet.
static_assert(RF_SHARE * MEMBERS * HEAD_ROOM <= 8192, "the waves of all heads meet in 32 KiB of shared memory");
struct GroupTile {
    alignas(16) float q[MEMBERS * HEAD_ROOM];
    alignas(16) float sum[RF_SHARE * MEMBERS * HEAD_ROOM];
    float most[RF_SHARE * MEMBERS];
    float total[RF_SHARE * MEMBERS];
    float levels[2][16];

    RF_DEVICE float* sums(int share, int member) { return sum + (share * MEMBERS + member) * HEAD_ROOM; }
};

struct GroupRows {
    float most[RF_ROWS];          // largest score so far
    float total[RF_ROWS];         // sum of exp(score - most), of this lane's positions
    float sum[RF_ROWS][KV_UNIT];  // of weights times values
};

RF_DEVICE float shrink_to(float part, float most) { return part == minus_infinity() ? 0.0f : exponential(part - most); }

template <int TYPE>
RF_DEVICE void put_group_levels(float* levels) {
    if (TYPE > 1 && TYPE < 8) {
        const int count = 1 << (TYPE > 1 && TYPE < 8 ? TYPE : 0);
        if (thread_x() < count) levels[thread_x()] = turbo_level(TYPE, thread_x());
    }
}

// Sums over the lanes of a position. While several steps are left, a lane gives half of them away and takes the other half's sums.
template <int LEFT, int MASK>
struct LaneSums {
    static RF_DEVICE void add(float (&part)[KEY_STEPS]) {
        const bool upper = (lane() & MASK) != 0;
        const int half = LEFT / 2;
        if (LEFT > 1) {
            RF_UNROLL
            for (int i = 0; i < half; i++) {
                const float sent = upper ? part[i] : part[i + half];
                const float kept = upper ? part[i + half] : part[i];
                part[i] = kept + shuffle_xor(sent, MASK);
            }
        } else {
            part[0] += shuffle_xor(part[0], MASK);
        }
        LaneSums<(LEFT > 1 ? half : 1), MASK / 2>::add(part);
    }
};
template <int LEFT>
struct LaneSums<LEFT, 0> {
    static RF_DEVICE void add(float (&)[KEY_STEPS]) {}
};

// Lane l gets the sum of step l % KEY_LANES / LANES_OF_SCORE.
RF_DEVICE float score_of_lane(float (&part)[KEY_STEPS]) {
    LaneSums<KEY_STEPS, KEY_LANES / 2>::add(part);
    return part[0];
}

// One round's positions into a wave's rows: scores of keys, softmax, weighted values. `first`: the wave's first position.
template <typename K, typename V>
RF_DEVICE void attend_round(const float* q, const K (&key)[KEY_STEPS], const V (&value)[KEY_STEPS],
                            const float* key_levels, const float* levels, int first, int end, GroupRows& rows) {
    const int unit = lane() % KEY_LANES;
    const int own = first + unit / LANES_OF_SCORE * KEYS_AT_ONCE + lane() / KEY_LANES;
    const bool seen = own < end;
    float part[RF_ROWS][KEY_STEPS];
    RF_UNROLL
    for (int s = 0; s < KEY_STEPS; s++) {
        float numbers[KV_UNIT];
        key[s].numbers(key_levels, numbers);
        RF_UNROLL
        for (int h = 0; h < RF_ROWS; h++) {
            part[h][s] = 0.0f;
            RF_UNROLL
            for (int i = 0; i < KV_UNIT; i += 4) {
                float query[4];
                load_four(q + h * HEAD_ROOM + unit * KV_UNIT + i, query);
                RF_UNROLL
                for (int j = 0; j < 4; j++) part[h][s] += query[j] * numbers[i + j];
            }
        }
    }
    float weight[RF_ROWS];
    RF_UNROLL
    for (int h = 0; h < RF_ROWS; h++) {
        const float score = score_of_lane(part[h]);
        weight[h] = seen ? score : minus_infinity();
    }
    RF_UNROLL
    for (int h = 0; h < RF_ROWS; h++) {
        float most = maximum(rows.most[h], weight[h]);
        RF_UNROLL
        for (int mask = KEY_LANES / 2; mask >= LANES_OF_SCORE && mask > 0; mask >>= 1) {
            most = maximum(most, shuffle_xor(most, mask));
        }
        weight[h] = seen ? exponential(weight[h] - most) : 0.0f;
        const float shrink = shrink_to(rows.most[h], most);
        rows.total[h] = rows.total[h] * shrink + weight[h];
        rows.most[h] = most;
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) rows.sum[h][i] *= shrink;
    }
    RF_UNROLL
    for (int s = 0; s < KEY_STEPS; s++) {
        float numbers[KV_UNIT];
        value[s].numbers(levels, numbers);
        RF_UNROLL
        for (int h = 0; h < RF_ROWS; h++) {
            const float w = shuffle(weight[h], lane() / KEY_LANES * KEY_LANES + s * LANES_OF_SCORE);
            RF_UNROLL
            for (int i = 0; i < KV_UNIT; i++) rows.sum[h][i] += w * numbers[i];
        }
    }
}

// Joins the lanes of a wave: afterwards all lanes of one unit hold the wave's rows.
RF_DEVICE void join_lanes(GroupRows& rows) {
    RF_UNROLL
    for (int h = 0; h < RF_ROWS; h++) {
        RF_UNROLL
        for (int mask = KEY_LANES / 2; mask >= LANES_OF_SCORE && mask > 0; mask >>= 1) {
            rows.total[h] += shuffle_xor(rows.total[h], mask);
        }
        RF_UNROLL
        for (int mask = KEY_LANES; mask < RF_WAVE; mask <<= 1) {
            const float most = maximum(rows.most[h], shuffle_xor(rows.most[h], mask));
            const float shrink = shrink_to(rows.most[h], most);
            rows.most[h] = most;
            rows.total[h] *= shrink;
            rows.total[h] += shuffle_xor(rows.total[h], mask);
            RF_UNROLL
            for (int i = 0; i < KV_UNIT; i++) {
                const float sum = rows.sum[h][i] * shrink;
                rows.sum[h][i] = sum + shuffle_xor(sum, mask);
            }
        }
    }
}

// Waves of a head that have a round in a range.
RF_DEVICE int waves_with_rounds(int begin, int end) {
    const int rounds = (end - begin + ROUND - 1) / ROUND;
    return rounds < RF_SHARE ? rounds : RF_SHARE;
}

// The rows of a wave's heads, from member `member` on, over its share of begin ... end - 1. tile.q and tile.levels are filled and visible.
RF_DEVICE void attend_group(const GroupTile& tile, int member, int share, const KvSide& keys, const KvSide& values,
                            int kv_heads, int kv_head, int begin, int end, GroupRows& rows) {
    typedef KvEightOf<RF_KEYS>::Type Key;
    typedef KvEightOf<RF_VALUES>::Type Value;
    const int unit = lane() % KEY_LANES;
    RF_UNROLL
    for (int h = 0; h < RF_ROWS; h++) {
        rows.most[h] = minus_infinity();
        rows.total[h] = 0.0f;
        RF_UNROLL
        for (int i = 0; i < KV_UNIT; i++) rows.sum[h][i] = 0.0f;
    }
    for (int first = begin + share * ROUND; first < end; first += RF_SHARE * ROUND) {
        Key key[KEY_STEPS];
        Value value[KEY_STEPS];
        RF_UNROLL
        for (int s = 0; s < KEY_STEPS; s++) {
            const int position = first + s * KEYS_AT_ONCE + lane() / KEY_LANES;
            key[s].load(keys, wide(position) * kv_heads + kv_head, unit, position < end && unit < KV_UNITS);
        }
        RF_UNROLL
        for (int s = 0; s < KEY_STEPS; s++) {
            const int position = first + s * KEYS_AT_ONCE + lane() / KEY_LANES;
            value[s].load(values, wide(position) * kv_heads + kv_head, unit, position < end && unit < KV_UNITS);
        }
        attend_round(tile.q + member * HEAD_ROOM, key, value, tile.levels[0], tile.levels[1], first, end, rows);
    }
}
