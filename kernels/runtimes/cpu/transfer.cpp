// Allocation, copies and fills.
#include "memory.h"
#include "settings.h"
#include "state.h"
#include "stream.h"

using namespace rocmforge;

namespace {

hipError_t allocateInto(void** pointer, size_t size, MemoryKind kind) {
  if (pointer == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *pointer = nullptr;
  if (Settings::get().devices.empty()) return failed(hipErrorNoDevice, "no emulated device is visible");
  if (size == 0) return hipSuccess;
  *pointer = allocate(size, kind, currentDevice());
  if (*pointer != nullptr) return hipSuccess;
  return failed(hipErrorOutOfMemory, std::to_string(size) + " bytes asked, " + std::to_string(usedBytes(currentDevice())) +
                                         " of " +
                                         std::to_string(Settings::get().devices[static_cast<size_t>(currentDevice())].memoryBytes) +
                                         " in use");
}

hipError_t freeFrom(void* pointer, MemoryKind kind) {
  if (pointer == nullptr) return hipSuccess;
  const std::string what = describe(pointer);
  const std::string damage = damagedGuards();
  const FreeResult result = release(pointer, kind);
  if (!damage.empty()) return failed(hipErrorIllegalAddress, damage);
  switch (result) {
    case FreeResult::Done: return hipSuccess;
    case FreeResult::NotOurs: return failed(hipErrorInvalidValue, "not the start of an allocation: " + what);
    case FreeResult::FreedBefore: return failed(hipErrorInvalidValue, "freed before: " + what);
    case FreeResult::WrongKind: return failed(hipErrorInvalidValue, "device and pinned memory confused: " + what);
  }
  return failed(hipErrorUnknown, what);
}

// One side of a copy: device memory must be a live allocation and large enough; host memory must not be device memory.
hipError_t checkSide(const void* pointer, size_t size, bool device, const char* side) {
  if (pointer == nullptr) return failed(hipErrorInvalidValue, std::string(side) + " is null");
  MemoryKind kind;
  const bool inside = contains(pointer, size, &kind);
  if (device && !inside)
    return failed(hipErrorInvalidValue, std::string(side) + ": " + std::to_string(size) + " bytes at " + describe(pointer));
  if (!device && inside && kind == MemoryKind::Device)
    return failed(hipErrorInvalidValue, std::string(side) + " is device memory, host memory expected");
  if (!inside && known(pointer))
    return failed(hipErrorInvalidValue, std::string(side) + ": " + std::to_string(size) + " bytes at " + describe(pointer));
  return hipSuccess;
}

}  // namespace

hipError_t rocmforge::checkFill(const FillNode& fill) {
  return fill.size == 0 ? hipSuccess : checkSide(fill.target, fill.size, true, "target");
}

hipError_t rocmforge::checkCopy(const CopyNode& copy) {
  if (copy.kind < hipMemcpyHostToHost || copy.kind > hipMemcpyDefault)
    return failed(hipErrorInvalidMemcpyDirection, "kind " + std::to_string(copy.kind));
  MemoryKind kind;
  const bool toDevice = copy.kind == hipMemcpyDefault ? contains(copy.target, 0, &kind)
                                                      : copy.kind == hipMemcpyHostToDevice || copy.kind == hipMemcpyDeviceToDevice;
  const bool fromDevice = copy.kind == hipMemcpyDefault ? contains(copy.source, 0, &kind)
                                                        : copy.kind == hipMemcpyDeviceToHost || copy.kind == hipMemcpyDeviceToDevice;
  if (const hipError_t bad = checkSide(copy.target, copy.size, toDevice, "target"); bad != hipSuccess && copy.size > 0) return bad;
  if (const hipError_t bad = checkSide(copy.source, copy.size, fromDevice, "source"); bad != hipSuccess && copy.size > 0) return bad;
  return hipSuccess;
}

hipError_t hipMemGetInfo(size_t* free, size_t* total) {
  RF_ENTER(hipMemGetInfo);
  if (free == nullptr || total == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (Settings::get().devices.empty()) return failed(hipErrorNoDevice, "no emulated device is visible");
  *total = Settings::get().devices[static_cast<size_t>(currentDevice())].memoryBytes;
  *free = *total - usedBytes(currentDevice());
  return hipSuccess;
}

hipError_t hipMalloc(void** pointer, size_t size) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  if (const hipError_t fault = enter("hipMalloc", size); fault != hipSuccess) return fault;
  if (const hipError_t refused = refuseDuringCapture("hipMalloc"); refused != hipSuccess) return refused;
  return allocateInto(pointer, size, MemoryKind::Device);
}

hipError_t hipFree(void* pointer) {
  RF_ENTER_CLEANUP(hipFree);
  if (const hipError_t refused = refuseDuringCapture("hipFree"); refused != hipSuccess) return refused;
  return freeFrom(pointer, MemoryKind::Device);
}

hipError_t hipMallocAsync(void** pointer, size_t size, hipStream_t stream) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  if (const hipError_t fault = enter("hipMallocAsync", size); fault != hipSuccess) return fault;
  if (!isStream(stream)) return failed(hipErrorInvalidHandle, "not a stream");
  if (const hipError_t refused = refuseDuringCapture("hipMallocAsync"); refused != hipSuccess) return refused;
  return allocateInto(pointer, size, MemoryKind::Device);
}

hipError_t hipFreeAsync(void* pointer, hipStream_t stream) {
  RF_ENTER_CLEANUP(hipFreeAsync);
  if (!isStream(stream)) return failed(hipErrorInvalidHandle, "not a stream");
  if (const hipError_t refused = refuseDuringCapture("hipFreeAsync"); refused != hipSuccess) return refused;
  if (pointer == nullptr) return failed(hipErrorInvalidValue, "null pointer");
  return freeFrom(pointer, MemoryKind::Device);
}

hipError_t hipHostMalloc(void** pointer, size_t size, unsigned int flags) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  if (const hipError_t fault = enter("hipHostMalloc", size); fault != hipSuccess) return fault;
  if (flags != hipHostMallocDefault) return failed(hipErrorInvalidValue, "flags must be 0");
  if (const hipError_t refused = refuseDuringCapture("hipHostMalloc"); refused != hipSuccess) return refused;
  return allocateInto(pointer, size, MemoryKind::Pinned);
}

hipError_t hipHostFree(void* pointer) {
  RF_ENTER_CLEANUP(hipHostFree);
  if (const hipError_t refused = refuseDuringCapture("hipHostFree"); refused != hipSuccess) return refused;
  return freeFrom(pointer, MemoryKind::Pinned);
}

hipError_t hipMemcpy(void* target, const void* source, size_t size, hipMemcpyKind kind) {
  RF_ENTER(hipMemcpy);
  if (const hipError_t refused = refuseDuringCapture("hipMemcpy"); refused != hipSuccess) return refused;
  return execute(CopyNode{target, source, size, kind});
}

hipError_t hipMemcpyAsync(void* target, const void* source, size_t size, hipMemcpyKind kind, hipStream_t stream) {
  RF_ENTER(hipMemcpyAsync);
  if (!isStream(stream)) return failed(hipErrorInvalidHandle, "not a stream");
  const CopyNode copy{target, source, size, kind};
  if (const hipError_t bad = checkCopy(copy); bad != hipSuccess) return bad;
  return submit(stream, copy);
}

hipError_t hipMemset(void* target, int value, size_t size) {
  RF_ENTER(hipMemset);
  if (const hipError_t refused = refuseDuringCapture("hipMemset"); refused != hipSuccess) return refused;
  return execute(FillNode{target, value, size});
}

hipError_t hipMemsetAsync(void* target, int value, size_t size, hipStream_t stream) {
  RF_ENTER(hipMemsetAsync);
  if (!isStream(stream)) return failed(hipErrorInvalidHandle, "not a stream");
  const FillNode fill{target, value, size};
  if (const hipError_t bad = checkFill(fill); bad != hipSuccess) return bad;
  return submit(stream, fill);
}

void rocmforgeLiveAllocations(size_t* count, size_t* bytes) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  liveAllocations(count, bytes);
}
