// The runtime's side of emulation.h: the same two structures, without the names that kernels use.
#pragma once
#include <cstdint>

struct RfEmulation {
  uint32_t thread[3];
  uint32_t lane;
  uint32_t block[3];
  uint32_t blockSize[3];
  uint32_t grid[3];
  void* dynamicShared;
};
extern "C" __attribute__((visibility("default"))) __thread RfEmulation rf_emulation
    __attribute__((tls_model("initial-exec")));

struct RfKernelEntry {
  void (*run)(void* const* arguments);
  const uint32_t* sizes;
  uint32_t parameters;
  uint32_t launchBound;
  uint32_t wave;
};
constexpr uint32_t rfPointerParameter = 0x80000000u;
