// attention.h: online-softmax attention of a block's query rows over a range of one kv head's positions.
//
// A block holds ATTENTION_WAVES waves with QUERIES rows each. Positions go through shared memory ATTENTION_KEYS at a time:
// lane = position for the scores, lane = value of the head for the weighted sum.
// Order: positions rising by tiles; inside a tile the score sums over the head rising, the tile's softmax sum by wave_sum,
// the weighted sum over positions rising. It depends on the position a range starts from, not on the number of rows.
#pragma once
#include "turbo.h"

const int ATTENTION_WAVES = 4;
const int ATTENTION_THREADS = ATTENTION_WAVES * RF_WAVE;
const int ATTENTION_KEYS = RF_HEAD_SIZE > 192 ? 16 : 32;  // wide heads: the tiles stay under 48 KiB
const int HEAD_PADDED = (RF_HEAD_SIZE + 3) / 4 * 4;       // shared memory is read 16 bytes at a time; the rest is zero
const int ATTENTION_STRIDE = HEAD_PADDED + 4;  // 16 bytes more, so that eight lanes' rows fall into different banks
const int HEAD_LANES = (RF_HEAD_SIZE + RF_WAVE - 1) / RF_WAVE;  // values of the head a lane sums

template <int QUERIES>
struct AttentionTile {
    alignas(16) float kv[ATTENTION_KEYS * ATTENTION_STRIDE];
    alignas(16) float q[ATTENTION_WAVES * QUERIES * HEAD_PADDED];
    alignas(16) float weight[ATTENTION_WAVES * QUERIES * ATTENTION_KEYS];
#if RF_KEYS > 1 || RF_VALUES > 1
    float levels[2][16];  // of the codes of keys and values
#endif
};

template <int QUERIES>
struct AttentionRows {
    float most[QUERIES];   // largest score so far
    float total[QUERIES];  // sum of exp(score - most)
    float sum[QUERIES][HEAD_LANES];
};

// Positions first ... first + ATTENTION_KEYS - 1 of a cache on their way into shared memory: fetched into registers early, put down when
// the tile is free. Zero from `end` on: a weight of zero times them must be zero.
template <int TYPE, bool WHOLE>
struct KvFetch;

// Plain heads that end with a 16-byte load.
template <int TYPE>
struct KvFetch<TYPE, true> {
    typedef KvPlain<TYPE> Plain;
    static const int HEAD_STEPS = RF_HEAD_SIZE / Plain::STEP;
    static const int FETCHES = (ATTENTION_KEYS * HEAD_STEPS + ATTENTION_THREADS - 1) / ATTENTION_THREADS;
    Bytes16 parts[FETCHES];

    RF_DEVICE void fetch(const KvSide& cache, int kv_columns, int kv_head, int first, int end) {
        const typename Plain::Value* from =
            static_cast<const typename Plain::Value*>(cache.values) + kv_head * RF_HEAD_SIZE;
        RF_UNROLL
        for (int n = 0; n < FETCHES; n++) {
            const int i = thread_x() + n * ATTENTION_THREADS;
            const int key = i / HEAD_STEPS;
            parts[n] = Bytes16{{0, 0, 0, 0}};
            if (key < ATTENTION_KEYS && first + key < end) {
                parts[n] = load16(from + wide(first + key) * kv_columns + i % HEAD_STEPS * Plain::STEP);
            }
        }
    }
    RF_DEVICE void put(float* tile, const float*) const {
        RF_UNROLL
        for (int n = 0; n < FETCHES; n++) {
            const int i = thread_x() + n * ATTENTION_THREADS;
            if (i / HEAD_STEPS >= ATTENTION_KEYS) continue;
            float values[Plain::STEP];
            Plain::numbers(parts[n], values);
            float* to = tile + i / HEAD_STEPS * ATTENTION_STRIDE + i % HEAD_STEPS * Plain::STEP;
            RF_UNROLL
            for (int j = 0; j < Plain::STEP; j++) to[j] = values[j];
        }
    }
};

// Plain heads that do not: value by value, when they are put down.
template <int TYPE>
struct KvFetch<TYPE, false> {
    typedef KvPlain<TYPE> Plain;
    const typename Plain::Value* from;
    int columns;
    int first;
    int end;

    RF_DEVICE void fetch(const KvSide& cache, int kv_columns, int kv_head, int first_position, int end_position) {
        from = static_cast<const typename Plain::Value*>(cache.values) + kv_head * RF_HEAD_SIZE;
        columns = kv_columns;
        first = first_position;
        end = end_position;
    }
    RF_DEVICE void put(float* tile, const float*) const {
        for (int i = thread_x(); i < ATTENTION_KEYS * HEAD_PADDED; i += ATTENTION_THREADS) {
            const int key = i / HEAD_PADDED;
            const int at = i % HEAD_PADDED;
            const bool inside = first + key < end && at < RF_HEAD_SIZE;
            tile[key * ATTENTION_STRIDE + at] = inside ? Plain::number(from[wide(first + key) * columns + at]) : 0.0f;
        }
    }
};

// Coded heads, eight values at a time.
template <int TYPE>
struct CodedFetch {
    static const int FETCHES = (ATTENTION_KEYS * KV_UNITS + ATTENTION_THREADS - 1) / ATTENTION_THREADS;
    static const int SCALES = TYPE == 8 ? KV_SCALES : 1;
    wide codes[FETCHES];
    half_bits scales[FETCHES];

    RF_DEVICE void fetch(const KvSide& cache, int kv_columns, int kv_head, int first, int end) {
        const int kv_heads = kv_columns / RF_HEAD_SIZE;
        RF_UNROLL
        for (int n = 0; n < FETCHES; n++) {
            const int i = thread_x() + n * ATTENTION_THREADS;
            const int key = i / KV_UNITS;
            const int unit = i % KV_UNITS;
            codes[n] = 0;
            scales[n] = 0;
            if (key < ATTENTION_KEYS && first + key < end) {
                const wide head = wide(first + key) * kv_heads + kv_head;
                codes[n] =
                    load_unit<TYPE>(static_cast<const unsigned char*>(cache.values) + (head * KV_UNITS + unit) * TYPE);
                scales[n] = cache.scales[head * SCALES + (TYPE == 8 ? unit / (KV_BYTES_UNIT / KV_UNIT) : 0)];
            }
        }
    }
    RF_DEVICE void put(float* tile, const float* levels) const {
        RF_UNROLL
        for (int n = 0; n < FETCHES; n++) {
            const int i = thread_x() + n * ATTENTION_THREADS;
            if (i / KV_UNITS >= ATTENTION_KEYS) continue;
            const float scale = half_to_float(scales[n]);
            float* to = tile + i / KV_UNITS * ATTENTION_STRIDE;
            RF_UNROLL
            for (int j = 0; j < KV_UNIT; j++) {
                const int at = i % KV_UNITS * KV_UNIT + j;
                const int code = int(codes[n] >> (j * TYPE)) & ((1 << TYPE) - 1);
                const float level = TYPE == 8 ? float((signed char)(code)) : levels[code];
                if (at < RF_HEAD_SIZE) {
                    to[at] = level * scale;
                } else if (at < HEAD_PADDED) {
                    to[at] = 0.0f;
                }
            }
        }
    }
};

// A value type's fetch: a name that holds for all of them.
template <int TYPE>
struct KvFetchOf {
    typedef CodedFetch<TYPE> Type;
};
template <>
struct KvFetchOf<0> {
    typedef KvFetch<0, RF_HEAD_SIZE % 4 == 0> Type;
};
template <>
struct KvFetchOf<1> {
    typedef KvFetch<1, RF_HEAD_SIZE % 8 == 0> Type;
};

// Levels of a turned head's codes in shared memory.
template <int TYPE>
RF_DEVICE void put_levels(float* levels) {
    if (TYPE > 1 && TYPE < 8) {
        for (int i = thread_x(); i < (1 << (TYPE < 8 ? TYPE : 0)); i += ATTENTION_THREADS)
            levels[i] = turbo_level(TYPE, i);
    }
}

// tile.q is filled by the caller (scaled, padded with zeros, followed by no barrier). Row j of this wave sees positions below limit[j].
template <int QUERIES>
RF_DEVICE void attend(AttentionTile<QUERIES>& tile, const KvSide& keys, const KvSide& values, int kv_columns,
                      int kv_head, int begin, int end, const int (&limit)[QUERIES], AttentionRows<QUERIES>& rows) {
    const int wave = thread_x() / RF_WAVE;
    const float* q = tile.q + wave * QUERIES * HEAD_PADDED;
    float* weight = tile.weight + wave * QUERIES * ATTENTION_KEYS;
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) {
        rows.most[j] = minus_infinity();
        rows.total[j] = 0.0f;
        RF_UNROLL
        for (int i = 0; i < HEAD_LANES; i++) rows.sum[j][i] = 0.0f;
    }
    KvFetchOf<RF_KEYS>::Type key_fetch;
    KvFetchOf<RF_VALUES>::Type value_fetch;
#if RF_KEYS > 1 || RF_VALUES > 1
    put_levels<RF_KEYS>(tile.levels[0]);
    put_levels<RF_VALUES>(tile.levels[1]);
    barrier();
    const float* key_levels = tile.levels[0];
    const float* value_levels = tile.levels[1];
#else
    const float* key_levels = nullptr;
    const float* value_levels = nullptr;
#endif
    key_fetch.fetch(keys, kv_columns, kv_head, begin, end);
    for (int first = begin; first < end; first += ATTENTION_KEYS) {
        value_fetch.fetch(values, kv_columns, kv_head, first, end);
        key_fetch.put(tile.kv, key_levels);
        barrier();
        float score[QUERIES];
        const float* key = tile.kv + lane() % ATTENTION_KEYS * ATTENTION_STRIDE;
        RF_UNROLL
        for (int j = 0; j < QUERIES; j++) score[j] = 0.0f;
        for (int i = 0; i < HEAD_PADDED; i += 4) {
            float k[4];
            load_four(key + i, k);
            RF_UNROLL
            for (int j = 0; j < QUERIES; j++) {
                float query[4];
                load_four(q + j * HEAD_PADDED + i, query);
                RF_UNROLL
                for (int n = 0; n < 4; n++) score[j] += query[n] * k[n];
            }
        }
        RF_UNROLL
        for (int j = 0; j < QUERIES; j++) {
            const bool seen = lane() < ATTENTION_KEYS && first + lane() < limit[j];
            const float s = seen ? score[j] : minus_infinity();
            const float most = maximum(rows.most[j], wave_maximum(s));
            const float w = seen ? exponential(s - most) : 0.0f;
            // Nothing seen yet: both are minus infinity, and their difference would be NaN.
            const float shrink = rows.most[j] == minus_infinity() ? 0.0f : exponential(rows.most[j] - most);
            rows.total[j] = rows.total[j] * shrink + wave_sum(w);
            rows.most[j] = most;
            if (lane() < ATTENTION_KEYS) weight[j * ATTENTION_KEYS + lane()] = w;
            RF_UNROLL
            for (int i = 0; i < HEAD_LANES; i++) rows.sum[j][i] *= shrink;
        }
        barrier();
        key_fetch.fetch(keys, kv_columns, kv_head, first + ATTENTION_KEYS, end);
        value_fetch.put(tile.kv, value_levels);
        barrier();
        for (int k = 0; k < ATTENTION_KEYS; k += 4) {
            float w[QUERIES][4];
            RF_UNROLL
            for (int j = 0; j < QUERIES; j++) load_four(weight + j * ATTENTION_KEYS + k, w[j]);
            RF_UNROLL
            for (int i = 0; i < HEAD_LANES; i++) {
                const int at = lane() + i * RF_WAVE;
                if (at >= RF_HEAD_SIZE) continue;
                RF_UNROLL
                for (int n = 0; n < 4; n++) {
                    const float value = tile.kv[(k + n) * ATTENTION_STRIDE + at];
                    RF_UNROLL
                    for (int j = 0; j < QUERIES; j++) rows.sum[j][i] += w[j][n] * value;
                }
            }
        }
        barrier();
    }
}
