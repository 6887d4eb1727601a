// matrix.h: C (16 x 16, f32) += A (16 x 16, f16) * B (16 x 16, f16) by one wave, with the chip's matrix instruction where it has one.
//
// Operands lie in shared memory with k running fastest: A as [row][k], B as [column][k], both with the same stride in halves,
// rows 16-byte aligned. A lane holds MATRIX_VALUES values of C; value j of this lane is C[matrix_row(j)][matrix_column(j)].
//
//   who                lane l holds of A (B alike, column for row)       value j of C
//   gfx11 (wave32)     row l % 16, k 0 ... 15; lanes 16 ... 31 the same  [2 j + l / 16][l % 16]
//   gfx12 (wave32)     row l % 16, k 8 (l / 16) ... + 7                  [8 (l / 16) + j][l % 16]
//   NVIDIA, sm_80 on   as mma.m16n8k16 wants it, twice for 16 columns    [l / 4 + 8 (j / 2 % 2)][8 (j / 4) + 2 (l % 4) + j % 2]
//   others             nothing: products are taken from shared memory    [(256 / RF_WAVE) (l / 16) + j][l % 16]
// Source: AMD "RDNA3" and "RDNA4" Instruction Set Architecture, chapter on WMMA; NVIDIA PTX ISA, mma.m16n8k16.
// Order: inside an instruction the chip's own, k blocks of 16 rising.
#pragma once
#include "device.h"

const int MATRIX = 16;
const int MATRIX_VALUES = MATRIX * MATRIX / RF_WAVE;

#if defined(__CUDACC_RTC__)

struct MatrixOperand {
    unsigned word[4];
};

RF_DEVICE MatrixOperand matrix_load(const half_bits* tile, int stride) {
    const half_bits* row = tile + (lane() % 16) * stride + lane() / 16 * 8;
    MatrixOperand loaded;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(loaded.word[0]), "=r"(loaded.word[1]), "=r"(loaded.word[2]), "=r"(loaded.word[3])
                 : "r"(unsigned(__cvta_generic_to_shared(row)))
                 : "memory");
    return loaded;
}

RF_DEVICE void matrix_multiply(const MatrixOperand& a, const MatrixOperand& b, float (&c)[MATRIX_VALUES]) {
    RF_UNROLL
    for (int half = 0; half < 2; half++) {
        float* d = c + 4 * half;
        asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, "
            "%2, %3};"
            : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
            : "r"(a.word[0]), "r"(a.word[1]), "r"(a.word[2]), "r"(a.word[3]), "r"(b.word[half]), "r"(b.word[half + 2]));
    }
}

RF_DEVICE int matrix_row(int j) { return lane() / 4 + j / 2 % 2 * 8; }
RF_DEVICE int matrix_column(int j) { return j / 4 * 8 + lane() % 4 * 2 + j % 2; }

#elif RF_WAVE == 32 && !defined(RF_EMULATION) && (defined(__GFX11__) || defined(__GFX12__))

typedef float rf_float8 __attribute__((ext_vector_type(8)));

#if defined(__GFX12__)
typedef _Float16 rf_operand __attribute__((ext_vector_type(8)));
#else
typedef _Float16 rf_operand __attribute__((ext_vector_type(16)));
#endif

struct MatrixOperand {
    rf_operand values;
};

RF_DEVICE MatrixOperand matrix_load(const half_bits* tile, int stride) {
#if defined(__GFX12__)
    return MatrixOperand{__builtin_bit_cast(rf_operand, load16(tile + (lane() % 16) * stride + lane() / 16 * 8))};
#else
    struct Row {
        Bytes16 part[2];
    };
    const half_bits* row = tile + (lane() % 16) * stride;
    return MatrixOperand{__builtin_bit_cast(rf_operand, Row{{load16(row), load16(row + 8)}})};
#endif
}

RF_DEVICE void matrix_multiply(const MatrixOperand& a, const MatrixOperand& b, float (&c)[MATRIX_VALUES]) {
    rf_float8 sum;
    RF_UNROLL
    for (int j = 0; j < MATRIX_VALUES; j++) sum[j] = c[j];
#if defined(__GFX12__)
    sum = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32_gfx12(a.values, b.values, sum);
#else
    sum = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(a.values, b.values, sum);
#endif
    RF_UNROLL
    for (int j = 0; j < MATRIX_VALUES; j++) c[j] = sum[j];
}

#if defined(__GFX12__)
RF_DEVICE int matrix_row(int j) { return lane() / 16 * 8 + j; }
#else
RF_DEVICE int matrix_row(int j) { return 2 * j + lane() / 16; }
#endif
RF_DEVICE int matrix_column(int) { return lane() % 16; }

#else

struct MatrixOperand {
    const half_bits* tile;
    int stride;
};

RF_DEVICE MatrixOperand matrix_load(const half_bits* tile, int stride) { return MatrixOperand{tile, stride}; }

RF_DEVICE int matrix_row(int j) { return lane() / 16 * MATRIX_VALUES + j; }
RF_DEVICE int matrix_column(int) { return lane() % 16; }

RF_DEVICE void matrix_multiply(const MatrixOperand& a, const MatrixOperand& b, float (&c)[MATRIX_VALUES]) {
    unsigned column[MATRIX / 2];
    RF_UNROLL
    for (int k = 0; k < MATRIX; k += 8) {
        const Bytes16 eight = load16(b.tile + lane() % 16 * b.stride + k);
        RF_UNROLL
        for (int i = 0; i < 4; i++) column[k / 2 + i] = eight.word[i];
    }
    RF_UNROLL
    for (int j = 0; j < MATRIX_VALUES; j++) {
        RF_UNROLL
        for (int k = 0; k < MATRIX; k += 8) {
            const Bytes16 eight = load16(a.tile + matrix_row(j) * a.stride + k);
            RF_UNROLL
            for (int i = 0; i < 4; i++) c[j] = dot2(eight.word[i], column[k / 2 + i], c[j]);
        }
    }
}

#endif
