// matrix_layout: the lane maps of include/matrix.h for AMD's WMMA against the ISA documents, without a card.
//
// The instruction is written here a second time, from the register tables of AMD's "RDNA3 Instruction Set Architecture" and
// "RDNA4 Instruction Set Architecture" (V_WMMA_F32_16X16X16_F16, wave32), and not from matrix.h:
//   RDNA3   A: lane l and lane l + 16 hold row l, register v holds k = 2 v (low half) and 2 v + 1 (high half), 8 registers;
//           B alike with columns; D: register v of lane l is row 2 v + (l >= 16), column l mod 16
//   RDNA4   A: lane l holds row l mod 16, register v holds k = 8 (l >= 16) + 2 v (low) and + 1 (high), 4 registers;
//           B alike with columns; D: register v of lane l is row 8 (l >= 16) + v, column l mod 16
// All 256 products are told apart: A and B hold distinct small integers, so every sum is exact.
// ci/kernels compiles and runs it: clang for the host, -D__GFX11__ or -D__GFX12__, -DRF_WAVE=32, -I kernels/include.
#include <cstdio>
#include <cstring>

int current_lane;

typedef _Float16 Operand __attribute__((ext_vector_type(
#if defined(__GFX12__)
    8
#else
    16
#endif
    )));
typedef float Sums __attribute__((ext_vector_type(8)));

Operand operands_a[32];
Operand operands_b[32];

// matrix.h's call of the builtin only hands over what this lane loaded.
static Sums record(Operand a, Operand b, Sums sums) {
    operands_a[current_lane] = a;
    operands_b[current_lane] = b;
    return sums;
}
#define __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(a, b, c) record(a, b, c)
#define __builtin_amdgcn_wmma_f32_16x16x16_f16_w32_gfx12(a, b, c) record(a, b, c)

#include "host/device.h"

#include "matrix.h"

// The half of register `half / 2` of a lane that the document calls element k of its row or column; -1 when it has it not.
static int half_of(int lane, int k) {
#if defined(__GFX12__)
    return k / 8 == lane / 16 ? k % 8 : -1;
#else
    return k;
#endif
}

static float element(const Operand* operands, int row, int k) {
    for (int lane = 31; lane >= 0; lane--) {
        if (lane % 16 == row && half_of(lane, k) >= 0) return float(operands[lane][half_of(lane, k)]);
    }
    return -1.0f;
}

static int document_row(int lane, int reg) {
#if defined(__GFX12__)
    return (lane >= 16 ? 8 : 0) + reg;
#else
    return 2 * reg + (lane >= 16 ? 1 : 0);
#endif
}

int main() {
    const int stride = 24;
    alignas(16) _Float16 a[16 * stride] = {};
    alignas(16) _Float16 b[16 * stride] = {};
    for (int i = 0; i < 16; i++) {
        for (int k = 0; k < 16; k++) {
            a[i * stride + k] = _Float16((i * 7 + k * 3) % 31 - 15);
            b[i * stride + k] = _Float16((i * 5 + k * k) % 29 - 14);
        }
    }
    for (current_lane = 0; current_lane < 32; current_lane++) {
        float sums[MATRIX_VALUES] = {};
        matrix_multiply(matrix_load(reinterpret_cast<half_bits*>(a), stride), matrix_load(reinterpret_cast<half_bits*>(b), stride), sums);
    }
#if !defined(__GFX12__)
    for (int lane = 0; lane < 16; lane++) {
        if (std::memcmp(&operands_a[lane], &operands_a[lane + 16], sizeof(Operand)) != 0 ||
            std::memcmp(&operands_b[lane], &operands_b[lane + 16], sizeof(Operand)) != 0) {
            std::printf("lane %d and lane %d hold different operands\n", lane, lane + 16);
            return 1;
        }
    }
#endif
    int seen[16][16] = {};
    for (current_lane = 0; current_lane < 32; current_lane++) {
        for (int reg = 0; reg < 8; reg++) {
            float product = 0.0f;  // what the instruction leaves in this register
            for (int k = 0; k < 16; k++) {
                product += element(operands_a, document_row(current_lane, reg), k) * element(operands_b, current_lane % 16, k);
            }
            const int row = matrix_row(reg);
            const int column = matrix_column(reg);
            float wanted = 0.0f;
            for (int k = 0; k < 16; k++) wanted += float(a[row * stride + k]) * float(b[column * stride + k]);
            seen[row][column]++;
            if (product != wanted) {
                std::printf("lane %d, value %d: matrix.h calls it C[%d][%d] = %g, the instruction leaves %g\n", current_lane, reg,
                            row, column, double(wanted), double(product));
                return 1;
            }
        }
    }
    for (int i = 0; i < 256; i++) {
        if (seen[i / 16][i % 16] != 1) {
            std::printf("C[%d][%d] is held %d times\n", i / 16, i % 16, seen[i / 16][i % 16]);
            return 1;
        }
    }
    return 0;
}
