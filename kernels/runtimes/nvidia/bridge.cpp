#include "bridge.h"

#include <atomic>
#include <map>
#include <mutex>

#include "../error_names.h"

namespace rocmforge {
namespace {

thread_local hipError_t lastError = hipSuccess;
thread_local std::string detail;
thread_local int device = 0;
thread_local int boundDevice = -1;
std::atomic<unsigned long long> callsMade{0};

CuHandle contextOf(const CudaDriver& driver, int index, CuResult* result) {
  static std::mutex mutex;
  static std::map<int, CuHandle> contexts;
  const std::lock_guard<std::mutex> guard(mutex);
  CuHandle& context = contexts[index];
  *result = context == nullptr ? driver.retainContext(&context, index) : 0;
  return context;
}

}  // namespace

hipError_t translate(CuResult result) {
  switch (result) {
    case 36: return hipErrorNotInitialized;
    case 99: return hipErrorNoDevice;             // devices unavailable
    case 221: return hipErrorInvalidKernelFile;   // JIT compiler not found
    case 716: return hipErrorIllegalAddress;      // misaligned address
    case 714: case 715: case 717: case 718: return hipErrorLaunchFailure;
    case 909: return hipErrorStreamCaptureUnsupported;
    default: break;
  }
  for (const ErrorText& error : errorTexts)
    if (static_cast<int>(error.code) == result) return error.code;
  return hipErrorUnknown;
}

hipError_t failed(hipError_t code, std::string text) {
  lastError = code;
  detail = std::move(text);
  return code;
}

hipError_t passed(const char* call, CuResult result) {
  callsMade++;
  if (result == 0) return hipSuccess;
  const hipError_t code = translate(result);
  return code == hipErrorNotReady ? code : failed(code, std::string(call) + ": CUDA error " + std::to_string(result));
}

int currentDevice() { return device; }
void setCurrentDevice(int index) { device = index; }

int deviceCount() {
  const CudaDriver* driver = CudaDriver::get(nullptr);
  int count = 0;
  if (driver != nullptr && driver->deviceCount(&count) != 0) count = 0;
  return count;
}

int attribute(int number, int index) {
  int value = 0;
  CudaDriver::get(nullptr)->deviceAttribute(&value, number, index);
  return value;
}

hipError_t ready(const CudaDriver** driver) {
  std::string why;
  *driver = CudaDriver::get(&why);
  if (*driver == nullptr) return failed(hipErrorNoDevice, why);
  if (boundDevice == device) return hipSuccess;
  CuResult result;
  CuHandle context = contextOf(**driver, device, &result);
  if (result == 0) result = (*driver)->setContext(context);
  if (result == 0) boundDevice = device;
  return passed("cuDevicePrimaryCtxRetain", result);
}

}  // namespace rocmforge

using namespace rocmforge;

hipError_t hipGetLastError(void) {
  const hipError_t code = lastError;
  lastError = hipSuccess;
  return code;
}
const char* hipGetErrorName(hipError_t error) { return errorName(error); }
const char* hipGetErrorString(hipError_t error) { return errorText(error); }

const char* rocmforgeErrorDetail(void) { return detail.c_str(); }
unsigned long long rocmforgeCallCount(void) { return callsMade; }
// Faults are injected by the emulation only; asking for one here must not look as if it worked.
int rocmforgeSetFaults(const char* faults) { return faults == nullptr || *faults == 0 ? 0 : -1; }
int rocmforgeConfigure(const char*, const char*) { return -1; }
