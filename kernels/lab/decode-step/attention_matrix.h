// attention_matrix.h: as attention_group.h, all query heads of a kv head at once by the chip's matrix instruction, from an f16 cache.
//
// A wave takes 16 positions a round: C (8 heads x 8 positions) = Q K', twice, then C (8 heads x HEAD) += P V. Keys and values go from memory to
// the registers that the instruction reads, without shared memory and without a transposition: which dimension of a head is which k or n
// of a product is free, and chosen so that 16 neighbouring bytes of the cache are what a lane holds. With g = lane / 4, q = lane % 4:
//
//   a lane holds of        for                                  as
//   Q, and C of Q K'       head g                               A row g (rows 8 to 15 are zero); C row g
//   K                      position 8 t + g, t = 0, 1           values 32 c + 8 q ... + 7: k of the products 2 c and 2 c + 1
//   P                      positions 2 q, 2 q + 1, + 8, + 9     A row g: what C of Q K' is already
//   V                      the same positions                   values 64 c + 8 g ... + 7: n = g of eight products
//   C of P V               head g                               values 64 c + 8 (2 q) + j and 64 c + 8 (2 q + 1) + j of product j
//
// Nothing is lost to f16: keys and values are f16, queries and weights are split into two f16 numbers each, the second being what the first
// misses; a head's queries are brought near 2^8 by a power of two before, weights near 2^14.
// Order: inside a product the chip's own; products rising, first parts before second parts; rounds of a wave rising; waves as in attention_group.h.
// Source of the layouts: NVIDIA PTX ISA, mma.m16n8k16. On other chips the same products are made with shuffles, which only serves as a check.
#pragma once
#include "attention_group.h"

static_assert(RF_WAVE == 32 && RF_KEYS == 1 && RF_VALUES == 1, "waves of 32 lanes, a cache in f16");
static_assert(RF_HEAD_SIZE % 64 == 0 && RF_ROWS == 8 && HEAD_PARTS == 1, "eight heads of 64 n values in each wave");
const int KEY_CHUNKS = RF_HEAD_SIZE / 32;
const int VALUE_CHUNKS = RF_HEAD_SIZE / 64;
const int QUERY_EXPONENT = 8;
const float WEIGHT_SCALE = 16384.0f;

// Rows 0 to 7 of A (16 x 16), of which a lane holds a[0] (k 2 q, + 1) and a[1] (k 2 q + 8, + 9), times B (16 x 8).
RF_DEVICE void eight_rows(const unsigned (&a)[2], unsigned b0, unsigned b1, float (&c)[2]) {
#if defined(__CUDACC_RTC__)
    float unused0;
    float unused1;
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %5}, {%7, %8}, {%0, %1, %9, "
        "%9};"
        : "+f"(c[0]), "+f"(c[1]), "=f"(unused0), "=f"(unused1)
        : "r"(a[0]), "r"(0), "r"(a[1]), "r"(b0), "r"(b1), "f"(0.0f));
#else
    const int g = lane() / 4 * 4;
    const int n = lane() % 4 * 8;
    for (int i = 0; i < 4; i++) {
        const unsigned a0 = unsigned(shuffle(int(a[0]), g + i));
        const unsigned a1 = unsigned(shuffle(int(a[1]), g + i));
        c[0] = dot2(a0, unsigned(shuffle(int(b0), n + i)), c[0]);
        c[1] = dot2(a0, unsigned(shuffle(int(b0), n + 4 + i)), c[1]);
        c[0] = dot2(a1, unsigned(shuffle(int(b1), n + i)), c[0]);
        c[1] = dot2(a1, unsigned(shuffle(int(b1), n + 4 + i)), c[1]);
    }
#endif
}

// Two numbers as two f16 pairs whose sum they are.
RF_DEVICE void split_pair(float x, float y, unsigned& first, unsigned& second) {
    const half_bits xs = float_to_half(x);
    const half_bits ys = float_to_half(y);
    first = unsigned(xs) | unsigned(ys) << 16;
    second = unsigned(float_to_half(x - half_to_float(xs))) | unsigned(float_to_half(y - half_to_float(ys))) << 16;
}

// A head's queries in registers, and what brings its scores back to size.
struct MatrixQueries {
    unsigned first[KEY_CHUNKS][4];
    unsigned second[KEY_CHUNKS][4];
    float back;

    RF_DEVICE void load(const GroupTile& tile) {
        const float* from = tile.q + lane() / 4 * HEAD_ROOM + lane() % 4 * 8;
        float most = 0.0f;
        RF_UNROLL
        for (int c = 0; c < KEY_CHUNKS; c++) {
            RF_UNROLL
            for (int i = 0; i < 8; i++) most = maximum(most, absolute(from[32 * c + i]));
        }
        most = maximum(most, shuffle_xor(most, 2));
        most = maximum(most, shuffle_xor(most, 1));
        int exponent = bits_of_float(most) >> 23 & 255;
        exponent = exponent < 9 ? 9 : exponent > 250 ? 250 : exponent;
        const float scale = float_of_bits((254 + QUERY_EXPONENT - exponent) << 23);
        back = float_of_bits((exponent - QUERY_EXPONENT) << 23);
        RF_UNROLL
        for (int c = 0; c < KEY_CHUNKS; c++) {
            RF_UNROLL
            for (int i = 0; i < 4; i++) {
                split_pair(from[32 * c + 2 * i] * scale, from[32 * c + 2 * i + 1] * scale, first[c][i], second[c][i]);
            }
        }
    }
};

// A head's share of a wave, as the lanes of C hold it.
struct MatrixRows {
    float most;   // the same in the four lanes of a head
    float total;  // of this lane's positions
    float sum[VALUE_CHUNKS][8][2];
};

RF_DEVICE Bytes16 load_inside(const half_bits* side, wide head, int value, bool inside) {
    Bytes16 loaded = {{0, 0, 0, 0}};
    if (inside) loaded = load16(side + head * RF_HEAD_SIZE + value);
    return loaded;
}

RF_DEVICE unsigned low_halves(unsigned x, unsigned y) { return (x & 0xffffu) | y << 16; }
RF_DEVICE unsigned high_halves(unsigned x, unsigned y) { return x >> 16 | (y & 0xffff0000u); }

// What a wave has from memory for one round.
struct MatrixRound {
    Bytes16 key[2][KEY_CHUNKS];
    Bytes16 value[4][VALUE_CHUNKS];

    RF_DEVICE void load(const KvSide& keys, const KvSide& values, int kv_heads, int kv_head, int first, int end) {
        const half_bits* k = static_cast<const half_bits*>(keys.values);
        const half_bits* v = static_cast<const half_bits*>(values.values);
        RF_UNROLL
        for (int t = 0; t < 2; t++) {
            const int position = first + 8 * t + lane() / 4;
            RF_UNROLL
            for (int c = 0; c < KEY_CHUNKS; c++) {
                key[t][c] =
                    load_inside(k, wide(position) * kv_heads + kv_head, 32 * c + lane() % 4 * 8, position < end);
            }
        }
        RF_UNROLL
        for (int i = 0; i < 4; i++) {
            const int position = first + i / 2 * 8 + lane() % 4 * 2 + i % 2;
            RF_UNROLL
            for (int c = 0; c < VALUE_CHUNKS; c++) {
                value[i][c] =
                    load_inside(v, wide(position) * kv_heads + kv_head, 64 * c + lane() / 4 * 8, position < end);
            }
        }
    }
};

// Scores of this lane's head at positions 2 q, 2 q + 1, and 8 further; minus infinity past the end.
RF_DEVICE void matrix_scores(const MatrixQueries& queries, const MatrixRound& round, int first, int end,
                             float (&score)[4]) {
    RF_UNROLL
    for (int t = 0; t < 2; t++) {
        float c[2] = {0.0f, 0.0f};
        RF_UNROLL
        for (int part = 0; part < 2; part++) {
            RF_UNROLL
            for (int chunk = 0; chunk < KEY_CHUNKS; chunk++) {
                const unsigned(&q)[4] = part == 0 ? queries.first[chunk] : queries.second[chunk];
                const Bytes16& k = round.key[t][chunk];
                const unsigned low[2] = {q[0], q[1]};
                const unsigned high[2] = {q[2], q[3]};
                eight_rows(low, k.word[0], k.word[1], c);
                eight_rows(high, k.word[2], k.word[3], c);
            }
        }
        RF_UNROLL
        for (int i = 0; i < 2; i++) {
            const int position = first + 8 * t + lane() % 4 * 2 + i;
            score[2 * t + i] = position < end ? c[i] * queries.back : minus_infinity();
        }
    }
}

// One round into a wave's rows.
RF_DEVICE void matrix_round(const MatrixQueries& queries, const MatrixRound& round, int first, int end,
                            MatrixRows& rows) {
    float weight[4];
    matrix_scores(queries, round, first, end, weight);
    float most = rows.most;
    RF_UNROLL
    for (int i = 0; i < 4; i++) most = maximum(most, weight[i]);
    most = maximum(most, shuffle_xor(most, 2));
    most = maximum(most, shuffle_xor(most, 1));
    const float shrink = shrink_to(rows.most, most);
    rows.most = most;
    rows.total *= shrink;
    RF_UNROLL
    for (int i = 0; i < 4; i++) {
        // Past the end: 0, and not the NaN of two infinities.
        weight[i] = weight[i] == minus_infinity() ? 0.0f : exponential(weight[i] - most);
        rows.total += weight[i];
    }
    unsigned w[2][2];
    RF_UNROLL
    for (int t = 0; t < 2; t++) {
        split_pair(weight[2 * t] * WEIGHT_SCALE, weight[2 * t + 1] * WEIGHT_SCALE, w[0][t], w[1][t]);
    }
    RF_UNROLL
    for (int c = 0; c < VALUE_CHUNKS; c++) {
        RF_UNROLL
        for (int j = 0; j < 8; j++) {
            rows.sum[c][j][0] *= shrink;
            rows.sum[c][j][1] *= shrink;
            unsigned b[2];
            RF_UNROLL
            for (int t = 0; t < 2; t++) {
                const unsigned even = round.value[2 * t][c].word[j / 2];
                const unsigned odd = round.value[2 * t + 1][c].word[j / 2];
                b[t] = j % 2 == 0 ? low_halves(even, odd) : high_halves(even, odd);
            }
            eight_rows(w[0], b[0], b[1], rows.sum[c][j]);
            eight_rows(w[1], b[0], b[1], rows.sum[c][j]);
        }
    }
}

// Eight heads over a wave's share of begin ... end - 1; what it finds goes where the waves meet. tile.q is filled and visible.
RF_DEVICE void attend_matrix(GroupTile& tile, int share, const KvSide& keys, const KvSide& values, int kv_heads,
                             int kv_head, int begin, int end) {
    MatrixQueries queries;
    queries.load(tile);
    MatrixRows rows;
    rows.most = minus_infinity();
    rows.total = 0.0f;
    RF_UNROLL
    for (int c = 0; c < VALUE_CHUNKS; c++) {
        RF_UNROLL
        for (int j = 0; j < 8; j++) rows.sum[c][j][0] = rows.sum[c][j][1] = 0.0f;
    }
    for (int first = begin + share * ROUND; first < end; first += RF_SHARE * ROUND) {
        MatrixRound round;
        round.load(keys, values, kv_heads, kv_head, first, end);
        matrix_round(queries, round, first, end, rows);
    }
    rows.total += shuffle_xor(rows.total, 2);
    rows.total += shuffle_xor(rows.total, 1);
    const int head = lane() / 4;
    float* sum = tile.sums(share, head);
    RF_UNROLL
    for (int c = 0; c < VALUE_CHUNKS; c++) {
        RF_UNROLL
        for (int i = 0; i < 2; i++) {
            RF_UNROLL
            for (int j = 0; j < 8; j += 4) {
                Bytes16 four;
                RF_UNROLL
                for (int n = 0; n < 4; n++) {
                    four.word[n] = unsigned(bits_of_float(rows.sum[c][j + n][i] * (1.0f / WEIGHT_SCALE)));
                }
                store16(sum + 64 * c + (lane() % 4 * 2 + i) * 8 + j, four);
            }
        }
    }
    if (lane() % 4 == 0) {
        tile.most[share * MEMBERS + head] = rows.most;
        tile.total[share * MEMBERS + head] = rows.total;
    }
}
