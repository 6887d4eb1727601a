// What kernels see when the host's C++ compiler compiles them: the emulation branch of kernels/include/device.h, which
// includes this file after declaring Bytes16 and Bytes8.
// A block runs on one worker thread; its threads are fibers that switch only inside barrier() and the shuffles, so plain
// memory accesses between two such points need no protection. Shared variables belong to the worker thread.
#ifndef ROCMFORGE_EMULATION_H
#define ROCMFORGE_EMULATION_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

// The compiler ignores both attributes; the run-time compiler finds kernels and their bounds by them.
#define RF_KERNEL extern "C" __attribute__((rf_kernel))
#define RF_LAUNCH_BOUNDS(threads) __attribute__((rf_launch_bounds(threads)))
#define RF_DEVICE static inline
#define RF_SHARED static __thread
#define RF_DYNAMIC_SHARED(type, name) type* const name = static_cast<type*>(rf_emulation.dynamicShared)
#define RF_UNROLL _Pragma("GCC unroll 32")

// Where the running fiber is; the runtime fills it at every switch. Layout shared with the runtime (block.cpp).
struct RfEmulation {
  uint32_t thread[3];
  uint32_t lane;
  uint32_t block[3];
  uint32_t blockSize[3];
  uint32_t grid[3];
  void* dynamicShared;
};
extern "C" __thread RfEmulation rf_emulation __attribute__((tls_model("initial-exec")));

extern "C" void rf_emulation_barrier(uint32_t line);
extern "C" uint32_t rf_emulation_shuffle(uint32_t value, uint32_t sourceLane, uint32_t line);
extern "C" float rf_emulation_reduce(float value, uint32_t maximum, uint32_t line);
extern "C" bool rf_emulation_next_thread();
extern "C" void rf_emulation_fence();
extern "C" void rf_emulation_atomic();

static inline int thread_x() { return static_cast<int>(rf_emulation.thread[0]); }
static inline int thread_y() { return static_cast<int>(rf_emulation.thread[1]); }
static inline int block_x() { return static_cast<int>(rf_emulation.block[0]); }
static inline int block_y() { return static_cast<int>(rf_emulation.block[1]); }
static inline int block_z() { return static_cast<int>(rf_emulation.block[2]); }
static inline int block_size_x() { return static_cast<int>(rf_emulation.blockSize[0]); }
static inline int grid_x() { return static_cast<int>(rf_emulation.grid[0]); }
static inline int grid_y() { return static_cast<int>(rf_emulation.grid[1]); }
static inline int lane() { return static_cast<int>(rf_emulation.lane); }

// The line of the call tells divergent waits apart.
static inline void barrier(uint32_t line = __builtin_LINE()) { rf_emulation_barrier(line); }
// Blocks run on several threads of the host.
static inline void device_fence() {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  rf_emulation_fence();
}
static inline int atomic_add(int* at, int value) {
  rf_emulation_atomic();
  return __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}

// Launches run one after the other here.
static inline void wait_for_previous() {}
static inline void let_next_start() {}

// As __shfl* over the full wave: a source beyond the wave (down) gives the lane's own value; reading a lane that does not
// take part in the same call ends the launch with an error, because on the device its value is undefined.
static inline int shuffle(int value, int source, uint32_t line = __builtin_LINE()) {
  const uint32_t from = static_cast<uint32_t>(source) & (RF_WAVE - 1);
  return static_cast<int>(rf_emulation_shuffle(static_cast<uint32_t>(value), from, line));
}
static inline int shuffle_xor(int value, int mask, uint32_t line = __builtin_LINE()) {
  const uint32_t from = rf_emulation.lane ^ static_cast<uint32_t>(mask);
  return static_cast<int>(
      rf_emulation_shuffle(static_cast<uint32_t>(value), from < RF_WAVE ? from : rf_emulation.lane, line));
}
static inline int shuffle_down(int value, int delta, uint32_t line = __builtin_LINE()) {
  const uint32_t from = rf_emulation.lane + static_cast<uint32_t>(delta);
  return static_cast<int>(
      rf_emulation_shuffle(static_cast<uint32_t>(value), from < RF_WAVE ? from : rf_emulation.lane, line));
}
static inline int bits_of_float(float value) { return __builtin_bit_cast(int, value); }
static inline float float_of_bits(int bits) { return __builtin_bit_cast(float, bits); }
static inline float shuffle(float value, int source, uint32_t line = __builtin_LINE()) {
  return float_of_bits(shuffle(bits_of_float(value), source, line));
}
static inline float shuffle_xor(float value, int mask, uint32_t line = __builtin_LINE()) {
  return float_of_bits(shuffle_xor(bits_of_float(value), mask, line));
}
static inline float shuffle_down(float value, int delta, uint32_t line = __builtin_LINE()) {
  return float_of_bits(shuffle_down(bits_of_float(value), delta, line));
}

// The butterflies of kernels/include/reduce.h (xor of RF_WAVE/2, ..., 2, 1) in one step instead of one a mask.
#define RF_HAS_WAVE_REDUCTIONS
static inline float wave_sum(float value, uint32_t line = __builtin_LINE()) {
  return rf_emulation_reduce(value, 0, line);
}
static inline float wave_maximum(float value, uint32_t line = __builtin_LINE()) {
  return rf_emulation_reduce(value, 1, line);
}

// IEEE binary16 as its bits, rounding to nearest even.
static inline float half_to_float(uint16_t half) {
#ifdef __F16C__
  typedef short Eight __attribute__((vector_size(16)));
  const Eight bits = {static_cast<short>(half)};
  return __builtin_ia32_vcvtph2ps(bits)[0];
#else
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t rest = half & 0x7fffu;
  if (rest >= 0x7c00u) return __builtin_bit_cast(float, sign | 0x7f800000u | ((rest & 0x3ffu) << 13));
  const float scaled = __builtin_bit_cast(float, rest << 13) * 0x1p112f;
  return __builtin_bit_cast(float, sign | __builtin_bit_cast(uint32_t, scaled));
#endif
}
static inline uint16_t float_to_half(float value) {
#ifdef __F16C__
  typedef float Four __attribute__((vector_size(16)));
  const Four four = {value};
  return static_cast<uint16_t>(__builtin_ia32_vcvtps2ph(four, 0)[0]);
#else
  const uint32_t bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t rest = bits & 0x7fffffffu;
  if (rest > 0x7f800000u) return static_cast<uint16_t>(sign | 0x7e00u);
  if (rest >= 0x47800000u) return static_cast<uint16_t>(sign | 0x7c00u);
  if (rest < 0x38800000u) {  // subnormal: the addition rounds at the right place
    const float shifted = __builtin_bit_cast(float, rest) + 0.5f;
    return static_cast<uint16_t>(sign | (__builtin_bit_cast(uint32_t, shifted) - 0x3f000000u));
  }
  const uint32_t rounded = rest + 0xfffu + ((rest >> 13) & 1u);
  return static_cast<uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
#endif
}

// Four signed bytes times four signed bytes, added to c without saturation.
static inline int dot4(int a, int b, int c) {
  for (int i = 0; i < 32; i += 8) c += static_cast<int8_t>(a >> i) * static_cast<int8_t>(b >> i);
  return c;
}
// Two halves times two halves (low half first), added to c in float.
static inline float dot2(uint32_t a, uint32_t b, float c) {
  c += half_to_float(static_cast<uint16_t>(a)) * half_to_float(static_cast<uint16_t>(b));
  return c + half_to_float(static_cast<uint16_t>(a >> 16)) * half_to_float(static_cast<uint16_t>(b >> 16));
}
static inline float exponential(float x) { return __builtin_expf(x); }
static inline float logarithm(float x) { return __builtin_logf(x); }
static inline float inverse_root(float x) { return 1.0f / __builtin_sqrtf(x); }
static inline float root(float x) { return __builtin_sqrtf(x); }
static inline float maximum(float a, float b) { return __builtin_fmaxf(a, b); }
static inline float minimum(float a, float b) { return __builtin_fminf(a, b); }
static inline float absolute(float x) { return __builtin_fabsf(x); }
static inline int nearest(float x) { return static_cast<int>(__builtin_rintf(x)); }

// Misaligned pointers end the launch: the run-time compiler has every access checked.
static inline Bytes16 load16(const void* from) { return *static_cast<const Bytes16*>(from); }
static inline Bytes8 load8(const void* from) { return *static_cast<const Bytes8*>(from); }
static inline void store16(void* to, Bytes16 value) { *static_cast<Bytes16*>(to) = value; }
static inline void store8(void* to, Bytes8 value) { *static_cast<Bytes8*>(to) = value; }

// What the runtime needs to know to run a kernel; the run-time compiler adds one rf_entry_NAME a kernel.
struct RfKernelEntry {
  void (*run)(void* const* arguments);  // runs threads of the current wave until none is left unstarted
  const uint32_t* sizes;                // bytes of each parameter, bit 31 set for a pointer
  uint32_t parameters;
  uint32_t launchBound;  // most threads of a block
  uint32_t wave;
};

template <typename T>
struct RfParameter {
  static constexpr uint32_t size = sizeof(T);
};
template <typename T>
struct RfParameter<T*> {
  static constexpr uint32_t size = sizeof(T*) | 0x80000000u;
};

template <auto kernel>
struct RfTrampoline;

template <typename... P, void (*kernel)(P...)>
struct RfTrampoline<kernel> {
  static constexpr uint32_t count = sizeof...(P);
  static constexpr uint32_t sizes[sizeof...(P) + 1] = {RfParameter<P>::size..., 0};
  struct Call {
    __attribute__((always_inline)) explicit Call(P... arguments) { kernel(arguments...); }
  };
  static void run(void* const* arguments) {
    while (rf_emulation_next_thread()) {
      [[maybe_unused]] uint32_t i = 0;
      Call{*static_cast<P*>(arguments[i++])...};  // braces evaluate from left to right
    }
  }
};

constexpr uint32_t rfWave = RF_WAVE;  // for the entries, which follow the preprocessed source

#endif
