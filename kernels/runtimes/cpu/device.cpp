// Devices: counts, choice, properties and attributes.
#include <cstring>

#include "memory.h"
#include "settings.h"
#include "state.h"
#include "stream.h"

using namespace rocmforge;

namespace {

constexpr int clockKHz = 2'000'000, memoryClockKHz = 1'000'000, memoryBusBits = 128, l2Bytes = 2 << 20;

hipError_t badDevice(int device) {
  return failed(hipErrorInvalidDevice, "device " + std::to_string(device) + " of " +
                                           std::to_string(Settings::get().devices.size()));
}
bool isDevice(int device) { return device >= 0 && static_cast<size_t>(device) < Settings::get().devices.size(); }
int major(const DeviceSettings& device) { return atoi(device.architecture.c_str() + 3) / 100; }
int minor(const DeviceSettings& device) { return atoi(device.architecture.c_str() + 3) / 10 % 10; }

template <typename Properties>
hipError_t fill(Properties* properties, int index) {
  if (Settings::get().devices.empty()) return failed(hipErrorNoDevice, "no emulated device is visible");
  if (properties == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (!isDevice(index)) return badDevice(index);
  const DeviceSettings& device = Settings::get().devices[static_cast<size_t>(index)];
  memset(static_cast<void*>(properties), 0, sizeof *properties);
  strncpy(properties->name, device.name.c_str(), sizeof properties->name - 1);
  strncpy(properties->gcnArchName, device.architecture.c_str(), sizeof properties->gcnArchName - 1);
  properties->totalGlobalMem = device.memoryBytes;
  properties->sharedMemPerBlock = properties->maxSharedMemoryPerMultiProcessor = 64 * 1024;
  properties->regsPerBlock = 64 * 1024;
  properties->warpSize = device.wave;
  properties->maxThreadsPerBlock = 1024;
  for (int i = 0; i < 3; i++) {
    properties->maxThreadsDim[i] = 1024;
    properties->maxGridSize[i] = i == 0 ? INT32_MAX : 65536;
  }
  properties->clockRate = clockKHz;
  properties->memoryClockRate = memoryClockKHz;
  properties->memoryBusWidth = memoryBusBits;
  properties->l2CacheSize = l2Bytes;
  properties->major = major(device);
  properties->minor = minor(device);
  properties->multiProcessorCount = device.multiprocessors;
  properties->maxThreadsPerMultiProcessor = 2048;
  properties->pciBusID = index + 1;
  properties->clockInstructionRate = 100'000;
  properties->integrated = 0;
  return hipSuccess;
}

}  // namespace

hipError_t hipInit(unsigned int flags) {
  RF_ENTER(hipInit);
  if (flags != 0) return failed(hipErrorInvalidValue, "flags must be 0");
  return Settings::get().devices.empty() ? failed(hipErrorNoDevice, "no emulated device is visible") : hipSuccess;
}

hipError_t hipDriverGetVersion(int* version) {
  RF_ENTER(hipDriverGetVersion);
  if (version == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *version = 1;
  return hipSuccess;
}

hipError_t hipRuntimeGetVersion(int* version) {
  RF_ENTER(hipRuntimeGetVersion);
  if (version == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *version = 1;
  return hipSuccess;
}

hipError_t hipGetDeviceCount(int* count) {
  RF_ENTER(hipGetDeviceCount);
  if (count == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *count = static_cast<int>(Settings::get().devices.size());
  return *count == 0 ? failed(hipErrorNoDevice, "no emulated device is visible") : hipSuccess;
}

hipError_t hipSetDevice(int device) {
  RF_ENTER(hipSetDevice);
  if (!isDevice(device)) return badDevice(device);
  setCurrentDevice(device);
  return hipSuccess;
}

hipError_t hipGetDevice(int* device) {
  RF_ENTER(hipGetDevice);
  if (device == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *device = currentDevice();
  return hipSuccess;
}

hipError_t hipGetDeviceProperties(hipDeviceProp_t* properties, int device) {
  RF_ENTER(hipGetDeviceProperties);
  return fill(properties, device);
}

hipError_t hipGetDevicePropertiesR0600(hipDeviceProp_tR0600* properties, int device) {
  RF_ENTER(hipGetDevicePropertiesR0600);
  return fill(properties, device);
}

hipError_t hipDeviceGetAttribute(int* value, hipDeviceAttribute_t attribute, int device) {
  RF_ENTER(hipDeviceGetAttribute);
  if (value == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (!isDevice(device)) return badDevice(device);
  const DeviceSettings& settings = Settings::get().devices[static_cast<size_t>(device)];
  switch (attribute) {
    case hipDeviceAttributeClockRate: *value = clockKHz; return hipSuccess;
    case hipDeviceAttributeIntegrated: *value = 0; return hipSuccess;
    case hipDeviceAttributeL2CacheSize: *value = l2Bytes; return hipSuccess;
    case hipDeviceAttributeComputeCapabilityMajor: *value = major(settings); return hipSuccess;
    case hipDeviceAttributeComputeCapabilityMinor: *value = minor(settings); return hipSuccess;
    case hipDeviceAttributeMaxThreadsPerBlock: *value = 1024; return hipSuccess;
    case hipDeviceAttributeMaxThreadsPerMultiProcessor: *value = 2048; return hipSuccess;
    case hipDeviceAttributeMemoryBusWidth: *value = memoryBusBits; return hipSuccess;
    case hipDeviceAttributeMemoryClockRate: *value = memoryClockKHz; return hipSuccess;
    case hipDeviceAttributeMultiprocessorCount: *value = settings.multiprocessors; return hipSuccess;
    case hipDeviceAttributePciBusId: *value = device + 1; return hipSuccess;
    case hipDeviceAttributePciDeviceId: *value = 0; return hipSuccess;
    case hipDeviceAttributePciDomainID: *value = 0; return hipSuccess;
    case hipDeviceAttributeMaxSharedMemoryPerBlock: *value = 64 * 1024; return hipSuccess;
    case hipDeviceAttributeWarpSize: *value = settings.wave; return hipSuccess;
  }
  return failed(hipErrorInvalidValue, "attribute " + std::to_string(attribute));
}

hipError_t hipDeviceReset(void) {
  RF_ENTER_CLEANUP(hipDeviceReset);
  releaseGraphs(currentDevice());
  releaseAll(currentDevice());
  mendContext();
  return hipSuccess;
}

hipError_t hipGetLastError(void) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  return takeLastError();
}
