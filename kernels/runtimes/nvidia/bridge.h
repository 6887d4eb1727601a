// What every entry point shares: the driver, the current device's context, error codes, the last error's detail.
#pragma once
#include <string>

#include "../hip_abi.h"
#include "cuda_driver.h"

namespace rocmforge {

// CUDA's result codes in HIP's numbering; HIP took most of them over as they are.
hipError_t translate(CuResult result);

hipError_t failed(hipError_t code, std::string detail);

// Makes the thread's current device current in the driver; hipErrorNoDevice with the reason when there is none.
hipError_t ready(const CudaDriver** driver);

int currentDevice();
void setCurrentDevice(int device);
int deviceCount();
int attribute(int cudaAttribute, int device);

#define RF_READY()                    \
  const CudaDriver* cuda = nullptr;   \
  if (const hipError_t lost = ready(&cuda); lost != hipSuccess) return lost
#define RF_CALL(call) return passed(#call, call)

hipError_t passed(const char* call, CuResult result);

inline CuPointer address(const void* pointer) { return reinterpret_cast<CuPointer>(pointer); }

}  // namespace rocmforge
