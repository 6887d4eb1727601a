// Device and pinned memory: each allocation in its own pages between two that cannot be touched, with patterned zones
// directly before and behind it. Freed pages stay reserved for a while, so that a use after free stops the launch.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace rocmforge {

enum class MemoryKind { Device, Pinned };

// nullptr when the device has not that much left.
void* allocate(size_t size, MemoryKind kind, int device);
enum class FreeResult { Done, NotOurs, FreedBefore, WrongKind };
FreeResult release(void* pointer, MemoryKind kind);

size_t usedBytes(int device);
// Memory that the runtime itself takes on the device, without an address; false where there is too little.
bool charge(size_t bytes, int device);
void discharge(size_t bytes, int device);
void liveAllocations(size_t* count, size_t* bytes);
void releaseAll(int device);  // device and pinned memory, as a reset does

// What lies at an address, for messages: "allocation 7 (4096 bytes) offset 12", freed ones too.
std::string describe(const void* address);
// True if [pointer, pointer + size) lies in one live allocation; `kind` receives it then.
bool contains(const void* pointer, size_t size, MemoryKind* kind);
// True if the address lies in live or lately freed memory of ours, guard pages included.
bool known(const void* address);
// Empty, or which allocation had its guard zone overwritten and where. Such a zone is repaired, to be told once.
std::string damagedGuards();

}  // namespace rocmforge
