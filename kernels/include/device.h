// device.h: the only spelling of the device that kernels use.
//
// A kernel is plain C++ plus the names below. Three compilers give them a meaning:
//   RF_EMULATION     g++ or clang for the host; every name comes from emulation.h of the stand-in runtime
//   __CUDACC_RTC__   NVRTC, without any CUDA header
//   otherwise        clang for HIP (hiprtc or `clang -x hip -nogpulib -nogpuinc`), without any HIP header
//
// Names that each branch defines:
//   RF_KERNEL  RF_DEVICE  RF_SHARED  RF_DYNAMIC_SHARED(type, name)  RF_LAUNCH_BOUNDS(threads)  RF_UNROLL
//   RF_WAVE    lanes of a wave, 32 or 64, given with -DRF_WAVE=; 32 when unset
//   thread_x block_x block_y block_z block_size_x grid_x grid_y lane     all return int
//   barrier()                            all threads of a block; global and shared memory are ordered by it
//   device_fence() atomic_add(int* p, v)  orders global memory for all blocks; adds and returns what was there
//   shuffle_xor(v, mask) shuffle_down(v, delta) shuffle(v, lane)     v int or float; all lanes of a wave call together
//   dot4(a, b, c)                        c + sum of four products of signed bytes
//   dot2(a, b, c)                        c + sum of two products of f16 pairs, f32 result
//   half_to_float(unsigned short) float_to_half(float)               f16 bits, round to nearest even
//   exponential(x) logarithm(x) inverse_root(x) root(x) maximum(a, b) minimum(a, b) absolute(x) nearest(x)
//   float_of_bits(int) bits_of_float(float)                          and from them: minus_infinity() not_a_number() float_to_halves(low, high)
//   RF_EARLY(name)  wait_for_previous()  let_next_start()   a launch may begin before the one in front has ended, see below
//   load16(p) load8(p) store16(p, v) store8(p, v)     p aligned to its size; Bytes16, Bytes8
#ifndef RF_DEVICE_H  // a guard by name: tests/host/device.h can take this header's place
#define RF_DEVICE_H

#if !defined(RF_WAVE)
#define RF_WAVE 32
#endif
static_assert(RF_WAVE == 32 || RF_WAVE == 64, "RF_WAVE is 32 or 64");

typedef unsigned short half_bits;  // an IEEE 754 binary16 in memory
typedef unsigned long long wide;   // an offset that may pass 2^31

struct alignas(16) Bytes16 {
    unsigned word[4];
};
struct alignas(8) Bytes8 {
    unsigned word[2];
};

// Early starts. RF_EARLY(kernel) says of a kernel that it may be started while the launch in front of it on the stream still runs; all
// its threads then call wait_for_previous() once, before they read anything but weights and before they write anything. let_next_start()
// says that the next such launch may take what this one leaves free. Where a runtime has no such starts, both do nothing.
#if defined(__CUDACC_RTC__) && __CUDA_ARCH__ >= 900
#define RF_EARLY(name) extern "C" __device__ int rf_early_##name;
#else
#define RF_EARLY(name)
#endif

#if defined(RF_EMULATION)

#include "emulation.h"
#undef RF_DEVICE
#define RF_DEVICE inline  // members of a class take it too, so it cannot be static

#elif defined(__CUDACC_RTC__)

#define RF_KERNEL extern "C" __global__
#define RF_DEVICE __device__ __forceinline__
#define RF_SHARED __shared__
#define RF_DYNAMIC_SHARED(type, name)                                  \
    extern __shared__ __align__(16) unsigned char rf_dynamic_shared[]; \
    type* const name = reinterpret_cast<type*>(rf_dynamic_shared)
#define RF_LAUNCH_BOUNDS(threads) __launch_bounds__(threads)
#define RF_UNROLL _Pragma("unroll")
static_assert(RF_WAVE == 32, "a warp has 32 lanes");

RF_DEVICE int thread_x() { return int(threadIdx.x); }
RF_DEVICE int block_x() { return int(blockIdx.x); }
RF_DEVICE int block_y() { return int(blockIdx.y); }
RF_DEVICE int block_z() { return int(blockIdx.z); }
RF_DEVICE int block_size_x() { return int(blockDim.x); }
RF_DEVICE int grid_x() { return int(gridDim.x); }
RF_DEVICE int grid_y() { return int(gridDim.y); }
RF_DEVICE int lane() { return int(threadIdx.x & 31); }
RF_DEVICE void barrier() { __syncthreads(); }
RF_DEVICE void device_fence() { __threadfence(); }
#if __CUDA_ARCH__ >= 900
RF_DEVICE void wait_for_previous() { asm volatile("griddepcontrol.wait;" ::: "memory"); }
RF_DEVICE void let_next_start() { asm volatile("griddepcontrol.launch_dependents;" ::: "memory"); }
#else
RF_DEVICE void wait_for_previous() {}
RF_DEVICE void let_next_start() {}
#endif
RF_DEVICE int atomic_add(int* at, int value) { return atomicAdd(at, value); }

RF_DEVICE int shuffle_xor(int value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }
RF_DEVICE float shuffle_xor(float value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }
RF_DEVICE int shuffle_down(int value, int delta) { return __shfl_down_sync(0xffffffffu, value, delta); }
RF_DEVICE float shuffle_down(float value, int delta) { return __shfl_down_sync(0xffffffffu, value, delta); }
RF_DEVICE int shuffle(int value, int from) { return __shfl_sync(0xffffffffu, value, from); }
RF_DEVICE float shuffle(float value, int from) { return __shfl_sync(0xffffffffu, value, from); }

RF_DEVICE int dot4(int a, int b, int sum) { return __dp4a(a, b, sum); }

RF_DEVICE float half_to_float(half_bits bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}
RF_DEVICE half_bits float_to_half(float value) {
    half_bits bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}
RF_DEVICE float dot2(unsigned a, unsigned b, float sum) {
    sum += half_to_float(half_bits(a)) * half_to_float(half_bits(b));
    return sum + half_to_float(half_bits(a >> 16)) * half_to_float(half_bits(b >> 16));
}

RF_DEVICE float float_of_bits(int bits) { return __int_as_float(bits); }
RF_DEVICE int bits_of_float(float value) { return __float_as_int(value); }
RF_DEVICE float exponential(float x) { return expf(x); }
RF_DEVICE float logarithm(float x) { return logf(x); }
RF_DEVICE float inverse_root(float x) { return 1.0f / sqrtf(x); }
RF_DEVICE float root(float x) { return sqrtf(x); }
RF_DEVICE float maximum(float a, float b) { return fmaxf(a, b); }
RF_DEVICE float minimum(float a, float b) { return fminf(a, b); }
RF_DEVICE float absolute(float x) { return fabsf(x); }
RF_DEVICE int nearest(float x) { return __float2int_rn(x); }

// Through the vector types: a copy of a struct is sometimes split into 4-byte loads.
RF_DEVICE Bytes16 load16(const void* from) {
    const uint4 v = *reinterpret_cast<const uint4*>(from);
    return Bytes16{{v.x, v.y, v.z, v.w}};
}
RF_DEVICE Bytes8 load8(const void* from) {
    const uint2 v = *reinterpret_cast<const uint2*>(from);
    return Bytes8{{v.x, v.y}};
}
RF_DEVICE void store16(void* to, Bytes16 v) {
    *reinterpret_cast<uint4*>(to) = make_uint4(v.word[0], v.word[1], v.word[2], v.word[3]);
}
RF_DEVICE void store8(void* to, Bytes8 v) { *reinterpret_cast<uint2*>(to) = make_uint2(v.word[0], v.word[1]); }

#else  // clang for HIP

#define RF_KERNEL extern "C" __attribute__((global))
#define RF_DEVICE __attribute__((device)) inline __attribute__((always_inline))
#define RF_SHARED __attribute__((shared))
#define RF_DYNAMIC_SHARED(type, name)                                                              \
    extern __attribute__((shared)) __attribute__((aligned(16))) unsigned char rf_dynamic_shared[]; \
    type* const name = reinterpret_cast<type*>(rf_dynamic_shared)
#define RF_LAUNCH_BOUNDS(threads) __attribute__((amdgpu_flat_work_group_size(1, threads)))
#define RF_UNROLL _Pragma("unroll")

typedef _Float16 rf_half2 __attribute__((ext_vector_type(2)));
typedef unsigned rf_uint4 __attribute__((ext_vector_type(4)));
typedef unsigned rf_uint2 __attribute__((ext_vector_type(2)));

RF_DEVICE int thread_x() { return int(__builtin_amdgcn_workitem_id_x()); }
RF_DEVICE int block_x() { return int(__builtin_amdgcn_workgroup_id_x()); }
RF_DEVICE int block_y() { return int(__builtin_amdgcn_workgroup_id_y()); }
RF_DEVICE int block_z() { return int(__builtin_amdgcn_workgroup_id_z()); }
RF_DEVICE int block_size_x() { return int(__builtin_amdgcn_workgroup_size_x()); }
RF_DEVICE int grid_x() { return int(__builtin_amdgcn_grid_size_x() / __builtin_amdgcn_workgroup_size_x()); }
RF_DEVICE int grid_y() { return int(__builtin_amdgcn_grid_size_y() / __builtin_amdgcn_workgroup_size_y()); }
RF_DEVICE int lane() {
#if RF_WAVE == 64
    return int(__builtin_amdgcn_mbcnt_hi(~0u, __builtin_amdgcn_mbcnt_lo(~0u, 0)));
#else
    return int(__builtin_amdgcn_mbcnt_lo(~0u, 0));
#endif
}
RF_DEVICE void barrier() {
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}
RF_DEVICE void device_fence() { __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "agent"); }
RF_DEVICE void wait_for_previous() {}
RF_DEVICE void let_next_start() {}
RF_DEVICE int atomic_add(int* at, int value) {
    return __hip_atomic_fetch_add(at, value, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
}

RF_DEVICE float float_of_bits(int bits) { return __builtin_bit_cast(float, bits); }
RF_DEVICE int bits_of_float(float value) { return __builtin_bit_cast(int, value); }

RF_DEVICE int shuffle(int value, int from) { return __builtin_amdgcn_ds_bpermute(from << 2, value); }
RF_DEVICE float shuffle(float value, int from) { return float_of_bits(shuffle(bits_of_float(value), from)); }
RF_DEVICE int shuffle_xor(int value, int mask) { return shuffle(value, lane() ^ mask); }
RF_DEVICE float shuffle_xor(float value, int mask) { return shuffle(value, lane() ^ mask); }
// Past the last lane a lane keeps its own value, as on the other runtimes.
RF_DEVICE int shuffle_down(int value, int delta) {
    return shuffle(value, lane() + delta < RF_WAVE ? lane() + delta : lane());
}
RF_DEVICE float shuffle_down(float value, int delta) {
    return shuffle(value, lane() + delta < RF_WAVE ? lane() + delta : lane());
}

// sdot4 exists up to gfx103x, sudot4 from gfx11 on; gfx1010 and gfx1013 have neither.
#if defined(__GFX11__) || defined(__GFX12__)
#define RF_DOT4_SIGNS 1
#elif defined(__gfx906__) || defined(__gfx908__) || defined(__gfx90a__) || defined(__gfx940__) ||   \
    defined(__gfx941__) || defined(__gfx942__) || defined(__gfx1011__) || defined(__gfx1012__) ||   \
    defined(__gfx1030__) || defined(__gfx1031__) || defined(__gfx1032__) || defined(__gfx1033__) || \
    defined(__gfx1034__) || defined(__gfx1035__) || defined(__gfx1036__)
#define RF_DOT4_SIGNED 1
#endif

RF_DEVICE int dot4(int a, int b, int sum) {
#if defined(RF_DOT4_SIGNS)
    return __builtin_amdgcn_sudot4(true, a, true, b, sum, false);
#elif defined(RF_DOT4_SIGNED)
    return __builtin_amdgcn_sdot4(a, b, sum, false);
#else
    sum += int((signed char)(a)) * int((signed char)(b));
    sum += int((signed char)(a >> 8)) * int((signed char)(b >> 8));
    sum += int((signed char)(a >> 16)) * int((signed char)(b >> 16));
    return sum + (a >> 24) * (b >> 24);
#endif
}

RF_DEVICE float half_to_float(half_bits bits) { return float(__builtin_bit_cast(_Float16, bits)); }
RF_DEVICE half_bits float_to_half(float value) { return __builtin_bit_cast(half_bits, _Float16(value)); }
RF_DEVICE float dot2(unsigned a, unsigned b, float sum) {
#if defined(RF_DOT4_SIGNS) || defined(RF_DOT4_SIGNED)  // the same chips have fdot2
    return __builtin_amdgcn_fdot2(__builtin_bit_cast(rf_half2, a), __builtin_bit_cast(rf_half2, b), sum, false);
#else
    sum += half_to_float(half_bits(a)) * half_to_float(half_bits(b));
    return sum + half_to_float(half_bits(a >> 16)) * half_to_float(half_bits(b >> 16));
#endif
}

// exp(x) = 2^(x log2 e): the product's rounding error would grow with |x|, so it is carried along.
RF_DEVICE float exponential(float x) {
    const float high = x * 1.44269504f;
    const float low = __builtin_fmaf(x, 1.44269504f, -high) + x * 1.925963033500011e-8f;
    const float power = __builtin_exp2f(high);
    if (x < -120.0f) return 0.0f;
    return x > 88.0f ? power : __builtin_fmaf(power, low * 0.693147181f, power);
}
RF_DEVICE float logarithm(float x) { return __builtin_log2f(x) * 0.693147181f; }
RF_DEVICE float inverse_root(float x) { return 1.0f / __builtin_sqrtf(x); }
RF_DEVICE float root(float x) { return __builtin_sqrtf(x); }
RF_DEVICE float maximum(float a, float b) { return __builtin_fmaxf(a, b); }
RF_DEVICE float minimum(float a, float b) { return __builtin_fminf(a, b); }
RF_DEVICE float absolute(float x) { return __builtin_fabsf(x); }
RF_DEVICE int nearest(float x) { return int(__builtin_rintf(x)); }

RF_DEVICE Bytes16 load16(const void* from) {
    return __builtin_bit_cast(Bytes16, *reinterpret_cast<const rf_uint4*>(from));
}
RF_DEVICE Bytes8 load8(const void* from) {
    return __builtin_bit_cast(Bytes8, *reinterpret_cast<const rf_uint2*>(from));
}
RF_DEVICE void store16(void* to, Bytes16 value) {
    *reinterpret_cast<rf_uint4*>(to) = __builtin_bit_cast(rf_uint4, value);
}
RF_DEVICE void store8(void* to, Bytes8 value) {
    *reinterpret_cast<rf_uint2*>(to) = __builtin_bit_cast(rf_uint2, value);
}

#endif

// Two f16 in a word, `low` in the low half.
RF_DEVICE unsigned float_to_halves(float low, float high) {
#if defined(__CUDACC_RTC__)
    unsigned pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
#else
    return unsigned(float_to_half(low)) | unsigned(float_to_half(high)) << 16;
#endif
}

RF_DEVICE void load_four(const float* from, float (&out)[4]) {
    const Bytes16 four = load16(from);
    RF_UNROLL
    for (int i = 0; i < 4; i++) out[i] = float_of_bits(int(four.word[i]));
}

RF_DEVICE float minus_infinity() { return float_of_bits(int(0xff800000u)); }
RF_DEVICE float not_a_number() { return float_of_bits(0x7fc00000); }

#endif
