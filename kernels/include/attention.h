// attention.h: online-softmax attention of a block's query rows over a range of one kv head's positions.
//
// A block holds ATTENTION_WAVES waves with QUERIES rows each. Positions go through shared memory ATTENTION_KEYS at a time:
// lane = position for the scores, lane = value of the head for the weighted sum.
// Order: positions rising by tiles; inside a tile the score sums over the head rising, the tile's softmax sum by wave_sum,
// the weighted sum over positions rising. It depends on the position a range starts from, not on the number of rows.
#pragma once
#include "kv.h"
#include "reduce.h"

#if !defined(RF_HEAD_SIZE)
#define RF_HEAD_SIZE 128
#endif

const int ATTENTION_WAVES = 4;
const int ATTENTION_THREADS = ATTENTION_WAVES * RF_WAVE;
const int ATTENTION_KEYS = 32;
const int ATTENTION_STRIDE = RF_HEAD_SIZE + 1;
const int HEAD_LANES = (RF_HEAD_SIZE + RF_WAVE - 1) / RF_WAVE;  // values of the head a lane sums

template <int QUERIES>
struct AttentionTile {
    float kv[ATTENTION_KEYS * ATTENTION_STRIDE];
    float q[ATTENTION_WAVES * QUERIES * RF_HEAD_SIZE];
    float weight[ATTENTION_WAVES * QUERIES * ATTENTION_KEYS];
};

template <int QUERIES>
struct AttentionRows {
    float most[QUERIES];   // largest score so far
    float total[QUERIES];  // sum of exp(score - most)
    float sum[QUERIES][HEAD_LANES];
};

RF_DEVICE void attention_load(float* tile, const void* cache, int kv_columns, int kv_head, int first, int end) {
    const KvValue* from = static_cast<const KvValue*>(cache) + kv_head * RF_HEAD_SIZE;
    for (int i = thread_x(); i < ATTENTION_KEYS * RF_HEAD_SIZE; i += ATTENTION_THREADS) {
        const int key = i / RF_HEAD_SIZE;
        const int at = i % RF_HEAD_SIZE;
        tile[key * ATTENTION_STRIDE + at] =
            first + key < end ? kv_float(from[wide(first + key) * kv_columns + at]) : 0.0f;
    }
}

// tile.q is filled by the caller (scaled, followed by no barrier). Row j of this wave sees positions below limit[j].
template <int QUERIES>
RF_DEVICE void attend(AttentionTile<QUERIES>& tile, const void* keys, const void* values, int kv_columns, int kv_head,
                      int begin, int end, const int (&limit)[QUERIES], AttentionRows<QUERIES>& rows) {
    const int wave = thread_x() / RF_WAVE;
    const float* q = tile.q + wave * QUERIES * RF_HEAD_SIZE;
    float* weight = tile.weight + wave * QUERIES * ATTENTION_KEYS;
    RF_UNROLL
    for (int j = 0; j < QUERIES; j++) {
        rows.most[j] = minus_infinity();
        rows.total[j] = 0.0f;
        RF_UNROLL
        for (int i = 0; i < HEAD_LANES; i++) rows.sum[j][i] = 0.0f;
    }
    for (int first = begin; first < end; first += ATTENTION_KEYS) {
        attention_load(tile.kv, keys, kv_columns, kv_head, first, end);
        barrier();
        float score[QUERIES];
        const float* key = tile.kv + lane() % ATTENTION_KEYS * ATTENTION_STRIDE;
        RF_UNROLL
        for (int j = 0; j < QUERIES; j++) score[j] = 0.0f;
        for (int i = 0; i < RF_HEAD_SIZE; i++) {
            RF_UNROLL
            for (int j = 0; j < QUERIES; j++) score[j] += q[j * RF_HEAD_SIZE + i] * key[i];
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
        attention_load(tile.kv, values, kv_columns, kv_head, first, end);
        barrier();
        RF_UNROLL
        for (int i = 0; i < HEAD_LANES; i++) {
            const int at = lane() + i * RF_WAVE;
            if (at >= RF_HEAD_SIZE) continue;
            for (int k = 0; k < ATTENTION_KEYS; k++) {
                const float value = tile.kv[k * ATTENTION_STRIDE + at];
                RF_UNROLL
                for (int j = 0; j < QUERIES; j++) rows.sum[j][i] += weight[j * ATTENTION_KEYS + k] * value;
            }
        }
        barrier();
    }
}
