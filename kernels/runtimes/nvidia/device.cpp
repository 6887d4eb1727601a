// Devices, versions, properties and attributes.
#include <cstdio>
#include <cstring>

#include "bridge.h"

using namespace rocmforge;

namespace {

// CUdevice_attribute
constexpr int maxThreadsPerBlock = 1, sharedPerBlock = 8, totalConstant = 9, warpSize = 10, registersPerBlock = 12,
              clockRate = 13, multiprocessors = 16, integrated = 18, pciBus = 33, pciDevice = 34, memoryClock = 36,
              busWidth = 37, l2Bytes = 38, threadsPerMultiprocessor = 39, pciDomain = 50, computeMajor = 75,
              computeMinor = 76, sharedPerMultiprocessor = 81;

hipError_t badDevice(int device) {
  return failed(hipErrorInvalidDevice, "device " + std::to_string(device) + " of " + std::to_string(deviceCount()));
}

template <typename Properties>
hipError_t fill(Properties* properties, int device) {
  RF_READY();
  if (properties == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (device < 0 || device >= deviceCount()) return badDevice(device);
  memset(static_cast<void*>(properties), 0, sizeof *properties);
  if (const hipError_t bad = passed("cuDeviceGetName", cuda->deviceName(properties->name, sizeof properties->name, device)))
    return bad;
  size_t bytes = 0;
  if (const hipError_t bad = passed("cuDeviceTotalMem", cuda->deviceMemory(&bytes, device))) return bad;
  properties->totalGlobalMem = bytes;
  properties->major = attribute(computeMajor, device);
  properties->minor = attribute(computeMinor, device);
  // Not an AMD architecture, and said so: kernels and records see sm_90 where gfx1100 would be.
  snprintf(properties->gcnArchName, sizeof properties->gcnArchName, "sm_%d%d", properties->major, properties->minor);
  properties->sharedMemPerBlock = static_cast<size_t>(attribute(sharedPerBlock, device));
  properties->maxSharedMemoryPerMultiProcessor = static_cast<size_t>(attribute(sharedPerMultiprocessor, device));
  properties->totalConstMem = static_cast<size_t>(attribute(totalConstant, device));
  properties->regsPerBlock = attribute(registersPerBlock, device);
  properties->warpSize = attribute(warpSize, device);
  properties->maxThreadsPerBlock = attribute(maxThreadsPerBlock, device);
  for (int i = 0; i < 3; i++) {
    properties->maxThreadsDim[i] = attribute(2 + i, device);
    properties->maxGridSize[i] = attribute(5 + i, device);
  }
  properties->clockRate = attribute(clockRate, device);
  properties->memoryClockRate = attribute(memoryClock, device);
  properties->memoryBusWidth = attribute(busWidth, device);
  properties->l2CacheSize = attribute(l2Bytes, device);
  properties->multiProcessorCount = attribute(multiprocessors, device);
  properties->maxThreadsPerMultiProcessor = attribute(threadsPerMultiprocessor, device);
  properties->pciBusID = attribute(pciBus, device);
  properties->pciDeviceID = attribute(pciDevice, device);
  properties->pciDomainID = attribute(pciDomain, device);
  properties->integrated = attribute(integrated, device);
  return hipSuccess;
}

int cudaAttribute(hipDeviceAttribute_t attribute) {
  switch (attribute) {
    case hipDeviceAttributeClockRate: return clockRate;
    case hipDeviceAttributeIntegrated: return integrated;
    case hipDeviceAttributeL2CacheSize: return l2Bytes;
    case hipDeviceAttributeComputeCapabilityMajor: return computeMajor;
    case hipDeviceAttributeComputeCapabilityMinor: return computeMinor;
    case hipDeviceAttributeMaxThreadsPerBlock: return maxThreadsPerBlock;
    case hipDeviceAttributeMaxThreadsPerMultiProcessor: return threadsPerMultiprocessor;
    case hipDeviceAttributeMemoryBusWidth: return busWidth;
    case hipDeviceAttributeMemoryClockRate: return memoryClock;
    case hipDeviceAttributeMultiprocessorCount: return multiprocessors;
    case hipDeviceAttributePciBusId: return pciBus;
    case hipDeviceAttributePciDeviceId: return pciDevice;
    case hipDeviceAttributePciDomainID: return pciDomain;
    case hipDeviceAttributeMaxSharedMemoryPerBlock: return sharedPerBlock;
    case hipDeviceAttributeWarpSize: return warpSize;
  }
  return 0;
}

}  // namespace

hipError_t hipInit(unsigned int flags) {
  RF_READY();
  return flags == 0 ? hipSuccess : failed(hipErrorInvalidValue, "flags must be 0");
}

hipError_t hipDriverGetVersion(int* version) {
  std::string why;
  const CudaDriver* cuda = CudaDriver::get(&why);
  if (cuda == nullptr) return failed(hipErrorNoDevice, why);
  RF_CALL(cuda->driverVersion(version));
}

hipError_t hipRuntimeGetVersion(int* version) { return hipDriverGetVersion(version); }

hipError_t hipGetDeviceCount(int* count) {
  std::string why;
  const CudaDriver* cuda = CudaDriver::get(&why);
  if (count == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *count = 0;
  if (cuda == nullptr) return failed(hipErrorNoDevice, why);
  *count = deviceCount();
  return *count == 0 ? failed(hipErrorNoDevice, "the CUDA driver sees no device") : hipSuccess;
}

hipError_t hipSetDevice(int device) {
  if (device < 0 || device >= deviceCount()) return badDevice(device);
  setCurrentDevice(device);
  RF_READY();
  return hipSuccess;
}

hipError_t hipGetDevice(int* device) {
  if (device == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *device = currentDevice();
  return hipSuccess;
}

hipError_t hipGetDeviceProperties(hipDeviceProp_t* properties, int device) { return fill(properties, device); }
hipError_t hipGetDevicePropertiesR0600(hipDeviceProp_tR0600* properties, int device) { return fill(properties, device); }

hipError_t hipDeviceGetAttribute(int* value, hipDeviceAttribute_t attribute, int device) {
  RF_READY();
  const int number = cudaAttribute(attribute);
  if (number == 0) return failed(hipErrorInvalidValue, "attribute " + std::to_string(attribute));
  if (device < 0 || device >= deviceCount()) return badDevice(device);
  RF_CALL(cuda->deviceAttribute(value, number, device));
}

hipError_t hipDeviceSynchronize(void) {
  RF_READY();
  RF_CALL(cuda->contextSynchronize());
}

hipError_t hipDeviceReset(void) {
  RF_READY();
  RF_CALL(cuda->resetContext(currentDevice()));
}
