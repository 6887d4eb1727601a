// Memory. The driver finds the kind of copy by the addresses; the kind asked for is checked to be one.
#include <map>
#include <mutex>

#include "bridge.h"

using namespace rocmforge;

namespace {

std::mutex mutex;
std::map<const void*, size_t> live;

// Takes the place of the pointer, not the pointer: arguments are evaluated in any order, so `*pointer` beside the call that
// sets it may be read before.
hipError_t kept(hipError_t result, void* const* pointer, size_t size) {
  if (result != hipSuccess) return result;
  const std::lock_guard<std::mutex> guard(mutex);
  live[*pointer] = size;
  return result;
}

hipError_t dropped(hipError_t result, const void* pointer) {
  const std::lock_guard<std::mutex> guard(mutex);
  if (result == hipSuccess) live.erase(pointer);
  return result;
}

bool isKind(hipMemcpyKind kind) { return kind >= hipMemcpyHostToHost && kind <= hipMemcpyDefault; }

}  // namespace

hipError_t hipMemGetInfo(size_t* free, size_t* total) {
  RF_READY();
  RF_CALL(cuda->memoryInfo(free, total));
}

hipError_t hipMalloc(void** pointer, size_t size) {
  RF_READY();
  if (pointer == nullptr) return failed(hipErrorInvalidValue, "null argument");
  *pointer = nullptr;
  if (size == 0) return hipSuccess;
  return kept(passed("cuMemAlloc", cuda->allocate(reinterpret_cast<CuPointer*>(pointer), size)), pointer, size);
}

hipError_t hipFree(void* pointer) {
  RF_READY();
  if (pointer == nullptr) return hipSuccess;
  return dropped(passed("cuMemFree", cuda->release(address(pointer))), pointer);
}

hipError_t hipMallocAsync(void** pointer, size_t size, hipStream_t stream) {
  RF_READY();
  if (pointer == nullptr) return failed(hipErrorInvalidValue, "null argument");
  return kept(passed("cuMemAllocAsync", cuda->allocateAsync(reinterpret_cast<CuPointer*>(pointer), size, stream)), pointer,
              size);
}

hipError_t hipFreeAsync(void* pointer, hipStream_t stream) {
  RF_READY();
  return dropped(passed("cuMemFreeAsync", cuda->releaseAsync(address(pointer), stream)), pointer);
}

hipError_t hipHostMalloc(void** pointer, size_t size, unsigned int flags) {
  RF_READY();
  if (pointer == nullptr || flags != hipHostMallocDefault) return failed(hipErrorInvalidValue, "flags or null argument");
  constexpr unsigned portable = 1;  // HIP's default: pinned for every device
  return kept(passed("cuMemHostAlloc", cuda->allocateHost(pointer, size, portable)), pointer, size);
}

hipError_t hipHostFree(void* pointer) {
  RF_READY();
  if (pointer == nullptr) return hipSuccess;
  return dropped(passed("cuMemFreeHost", cuda->releaseHost(pointer)), pointer);
}

hipError_t hipMemcpy(void* target, const void* source, size_t size, hipMemcpyKind kind) {
  RF_READY();
  if (!isKind(kind)) return failed(hipErrorInvalidMemcpyDirection, "kind " + std::to_string(kind));
  RF_CALL(cuda->copy(address(target), address(source), size));
}

hipError_t hipMemcpyAsync(void* target, const void* source, size_t size, hipMemcpyKind kind, hipStream_t stream) {
  RF_READY();
  if (!isKind(kind)) return failed(hipErrorInvalidMemcpyDirection, "kind " + std::to_string(kind));
  RF_CALL(cuda->copyAsync(address(target), address(source), size, stream));
}

hipError_t hipMemset(void* target, int value, size_t size) {
  RF_READY();
  RF_CALL(cuda->fill(address(target), static_cast<unsigned char>(value), size));
}

hipError_t hipMemsetAsync(void* target, int value, size_t size, hipStream_t stream) {
  RF_READY();
  RF_CALL(cuda->fillAsync(address(target), static_cast<unsigned char>(value), size, stream));
}

void rocmforgeLiveAllocations(size_t* count, size_t* bytes) {
  const std::lock_guard<std::mutex> guard(mutex);
  *count = live.size();
  *bytes = 0;
  for (const auto& [pointer, size] : live) *bytes += size;
}
