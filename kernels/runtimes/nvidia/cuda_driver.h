// The functions of the CUDA driver and of NVRTC that stand behind HIP here, opened at run time; no CUDA header. The
// driver's symbols carry versions where their signature once changed.
#pragma once
#include <cstddef>
#include <string>

namespace rocmforge {

using CuHandle = void*;  // context, module, function, stream, event, graph, program
using CuPointer = unsigned long long;
using CuResult = int;

// CUgraphExecUpdateResultInfo of CUDA 12; the v1 call of CUDA 11 is not used.
struct CuUpdateInfo {
  int result;
  CuHandle errorNode;
  CuHandle errorFromNode;
};

// CUlaunchConfig and CUlaunchAttribute of CUDA 12.
struct CuLaunchAttribute {
  int id;
  int unused;
  union {
    char room[64];
    int on;
  };
};
struct CuLaunchConfig {
  unsigned gridX, gridY, gridZ;
  unsigned blockX, blockY, blockZ;
  unsigned sharedBytes;
  CuHandle stream;
  const CuLaunchAttribute* attributes;
  unsigned count;
};
static_assert(sizeof(CuLaunchAttribute) == 72 && sizeof(CuLaunchConfig) == 56, "the driver's layouts");

struct CudaDriver {
  CuResult (*init)(unsigned);
  CuResult (*driverVersion)(int*);
  CuResult (*deviceCount)(int*);
  CuResult (*deviceGet)(int*, int);
  CuResult (*deviceName)(char*, int, int);
  CuResult (*deviceMemory)(size_t*, int);
  CuResult (*deviceAttribute)(int*, int, int);
  CuResult (*retainContext)(CuHandle*, int);
  CuResult (*resetContext)(int);
  CuResult (*setContext)(CuHandle);
  CuResult (*contextSynchronize)();
  CuResult (*memoryInfo)(size_t*, size_t*);
  CuResult (*allocate)(CuPointer*, size_t);
  CuResult (*release)(CuPointer);
  CuResult (*allocateAsync)(CuPointer*, size_t, CuHandle);
  CuResult (*releaseAsync)(CuPointer, CuHandle);
  CuResult (*allocateHost)(void**, size_t, unsigned);
  CuResult (*releaseHost)(void*);
  CuResult (*copy)(CuPointer, CuPointer, size_t);
  CuResult (*copyAsync)(CuPointer, CuPointer, size_t, CuHandle);
  CuResult (*fill)(CuPointer, unsigned char, size_t);
  CuResult (*fillAsync)(CuPointer, unsigned char, size_t, CuHandle);
  CuResult (*streamCreate)(CuHandle*, unsigned);
  CuResult (*streamDestroy)(CuHandle);
  CuResult (*streamSynchronize)(CuHandle);
  CuResult (*streamQuery)(CuHandle);
  CuResult (*streamWaitEvent)(CuHandle, CuHandle, unsigned);
  CuResult (*beginCapture)(CuHandle, int);
  CuResult (*endCapture)(CuHandle, CuHandle*);
  CuResult (*isCapturing)(CuHandle, int*);
  CuResult (*eventCreate)(CuHandle*, unsigned);
  CuResult (*eventDestroy)(CuHandle);
  CuResult (*eventRecord)(CuHandle, CuHandle);
  CuResult (*eventSynchronize)(CuHandle);
  CuResult (*eventQuery)(CuHandle);
  CuResult (*eventElapsed)(float*, CuHandle, CuHandle);
  CuResult (*moduleLoad)(CuHandle*, const void*);
  CuResult (*moduleUnload)(CuHandle);
  CuResult (*moduleFunction)(CuHandle*, CuHandle, const char*);
  CuResult (*moduleGlobal)(CuPointer*, size_t*, CuHandle, const char*);
  CuResult (*functionAttribute)(int*, int, CuHandle);
  CuResult (*launch)(CuHandle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CuHandle, void**, void**);
  CuResult (*launchWith)(const CuLaunchConfig*, CuHandle, void**, void**);
  CuResult (*graphInstantiate)(CuHandle*, CuHandle, unsigned long long);
  CuResult (*graphLaunch)(CuHandle, CuHandle);
  CuResult (*graphUpdate)(CuHandle, CuHandle, CuUpdateInfo*);
  CuResult (*graphExecDestroy)(CuHandle);
  CuResult (*graphDestroy)(CuHandle);
  CuResult (*graphNodes)(CuHandle, CuHandle*, size_t*);

  // Null and a reason in `why` when the driver is absent or too old.
  static const CudaDriver* get(std::string* why);
};

struct Nvrtc {
  int (*version)(int*, int*);
  int (*create)(CuHandle*, const char*, const char*, int, const char**, const char**);
  int (*destroy)(CuHandle*);
  int (*compile)(CuHandle, int, const char**);
  int (*logSize)(CuHandle, size_t*);
  int (*log)(CuHandle, char*);
  int (*codeSize)(CuHandle, size_t*);
  int (*code)(CuHandle, char*);
  int (*addName)(CuHandle, const char*);
  int (*loweredName)(CuHandle, const char*, const char**);

  static const Nvrtc* get(std::string* why);
};

}  // namespace rocmforge
