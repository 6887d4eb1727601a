// rope.h: which two rows of a head turn together, and the turn.
#pragma once
#include "kv.h"

struct RopePair {
    int first;
    int second;
    bool turns;  // values past `rotary` stay
};

// Pair 0 ... head_size / 2 - 1 of a head. pairing 0: i and i + rotary / 2; 1: 2 i and 2 i + 1.
RF_DEVICE RopePair rope_pair(int pair, int rotary, int pairing) {
    if (2 * pair >= rotary || pairing != 0) return RopePair{2 * pair, 2 * pair + 1, 2 * pair < rotary};
    return RopePair{pair, pair + rotary / 2, true};
}

// table: [positions][rotary / 2][2], cosine and sine.
RF_DEVICE void rope_turn(const float* table, int position, int pair, int rotary, float& a, float& b) {
    const float* angle = table + (wide(position) * (rotary / 2) + pair) * 2;
    const float first = a * angle[0] - b * angle[1];
    b = a * angle[1] + b * angle[0];
    a = first;
}

// Where the rows of the joined Q, K and V of one token go: Q to a buffer, K and V to the cache.
struct QkvTarget {
    float* q;  // of this token
    void* keys;
    void* values;
    const float* table;
    int position;
    int heads;
    int kv_heads;
    int head_size;
    int rotary;
    int pairing;

    RF_DEVICE int pairs() const { return (heads + 2 * kv_heads) * (head_size / 2); }

    // Rows of pair `index` in the joined tensor.
    RF_DEVICE RopePair rows(int index) const {
        const int head = index / (head_size / 2);
        const int pair = index % (head_size / 2);
        RopePair two = rope_pair(pair, head < heads + kv_heads ? rotary : 0, pairing);
        two.first += head * head_size;
        two.second += head * head_size;
        return two;
    }
    RF_DEVICE void write(int index, const RopePair& two, float a, float b) const {
        if (two.turns) rope_turn(table, position, index % (head_size / 2), rotary, a, b);
        const int q_rows = heads * head_size;
        const int kv_rows = kv_heads * head_size;
        if (two.first < q_rows) {
            q[two.first] = a;
            q[two.second] = b;
            return;
        }
        const bool key = two.first < q_rows + kv_rows;
        KvValue* cache = static_cast<KvValue*>(key ? keys : values) + wide(position) * kv_rows;
        const int skip = key ? q_rows : q_rows + kv_rows;
        cache[two.first - skip] = kv_value(a);
        cache[two.second - skip] = kv_value(b);
    }
};

// rows[2 r] and rows[2 r + 1]: the rows of pair first + r, of the last pair when past it.
template <int N>
RF_DEVICE void qkv_rows(const QkvTarget& target, int first, int first_row, int (&rows)[N]) {
    RF_UNROLL
    for (int r = 0; r < N / 2; r++) {
        const int last = target.pairs() - 1;
        const RopePair two = target.rows(first + r < last ? first + r : last);
        rows[2 * r] = first_row + two.first;
        rows[2 * r + 1] = first_row + two.second;
    }
}

template <int N>
RF_DEVICE void qkv_write(const QkvTarget& target, int first, const float* bias, const float (&sums)[N]) {
    RF_UNROLL
    for (int r = 0; r < N / 2; r++) {
        if (first + r >= target.pairs()) continue;
        const RopePair two = target.rows(first + r);
        const float a = sums[2 * r] + (bias ? bias[two.first] : 0.0f);
        const float b = sums[2 * r + 1] + (bias ? bias[two.second] : 0.0f);
        target.write(first + r, two, a, b);
    }
}
