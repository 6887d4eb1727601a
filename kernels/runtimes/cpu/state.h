// What every entry point does first and last: one lock for the whole runtime, the faults, the last error and its detail.
#pragma once
#include <mutex>
#include <string>

#include "../hip_abi.h"

namespace rocmforge {

std::recursive_mutex& lock();

// Counts the call and gives the fault injected for it, or the sticky error of an earlier broken launch.
// `bytes` is the size asked for by an allocation, 0 otherwise.
hipError_t enter(const char* function, size_t bytes = 0);
// As enter, for what must still work after a launch has broken the context: freeing and destroying.
hipError_t enterCleanup(const char* function);

// Remembers the error for hipGetLastError and its detail for rocmforgeErrorDetail; returns the code.
hipError_t failed(hipError_t code, std::string detail);
const std::string& errorDetail();
void setErrorDetail(std::string detail);
hipError_t takeLastError();

// After a fault in a kernel the context is lost until hipDeviceReset, as on a device.
void breakContext(hipError_t code, const std::string& detail);
void mendContext();

int currentDevice();
void setCurrentDevice(int device);

#define RF_ENTER(function)                              \
  const std::lock_guard<std::recursive_mutex> guard(lock()); \
  if (const hipError_t fault = enter(#function); fault != hipSuccess) return fault
#define RF_ENTER_CLEANUP(function)                      \
  const std::lock_guard<std::recursive_mutex> guard(lock()); \
  if (const hipError_t fault = enterCleanup(#function); fault != hipSuccess) return fault

}  // namespace rocmforge
