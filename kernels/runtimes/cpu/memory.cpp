#include "memory.h"

#include <sys/mman.h>

#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "settings.h"

namespace rocmforge {
namespace {

constexpr size_t page = 4096;
constexpr size_t zone = 256;  // also the alignment of every allocation, as hipMalloc's
constexpr unsigned char zoneByte = 0xA5;
constexpr size_t graveyardBytes = size_t{1} << 30;  // reserved address space only

struct Allocation {
  char* region;  // page | zone | data | zone up to the page's end | page
  size_t regionBytes;
  char* data;
  size_t size;
  MemoryKind kind;
  int device;
  unsigned number;
};

std::map<const char*, Allocation> live;  // by data
std::deque<Allocation> freed;
size_t freedBytes = 0;
unsigned counter = 0;
std::map<int, size_t> used;

const Allocation* around(const char* address) {
  auto it = live.upper_bound(address + 2 * (page + zone));
  while (it != live.begin()) {
    --it;
    const Allocation& allocation = it->second;
    if (address >= allocation.region && address < allocation.region + allocation.regionBytes) return &allocation;
    if (allocation.region + allocation.regionBytes <= address) break;
  }
  return nullptr;
}

std::string named(const Allocation& allocation, const char* address) {
  return "allocation " + std::to_string(allocation.number) + " (" + std::to_string(allocation.size) + " bytes" +
         (allocation.kind == MemoryKind::Pinned ? ", pinned" : "") + ") offset " +
         std::to_string(address - allocation.data);
}

char* zoneEnd(const Allocation& allocation) { return allocation.region + allocation.regionBytes - page; }

void bury(const Allocation& allocation) {
  mmap(allocation.region, allocation.regionBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  freed.push_back(allocation);
  freedBytes += allocation.regionBytes;
  while (freedBytes > graveyardBytes && freed.size() > 1) {
    munmap(freed.front().region, freed.front().regionBytes);
    freedBytes -= freed.front().regionBytes;
    freed.pop_front();
  }
}

}  // namespace

void* allocate(size_t size, MemoryKind kind, int device) {
  const uint64_t total = Settings::get().devices[static_cast<size_t>(device)].memoryBytes;
  if (size > SIZE_MAX / 2) return nullptr;
  const size_t rounded = (size + zone - 1) / zone * zone;
  if (kind == MemoryKind::Device && used[device] + rounded > total) return nullptr;
  const size_t inner = (zone + rounded + zone + page - 1) / page * page;
  void* memory = mmap(nullptr, inner + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  char* region = static_cast<char*>(memory);
  mprotect(region, page, PROT_NONE);
  mprotect(region + page + inner, page, PROT_NONE);
  // As near to the upper guard page as the alignment allows: running over the end is the likelier mistake.
  char* data = region + page + inner - zone - rounded;
  const Allocation allocation{region, inner + 2 * page, data, size, kind, device, ++counter};
  memset(region + page, zoneByte, static_cast<size_t>(data - region) - page);
  memset(data + size, zoneByte, static_cast<size_t>(zoneEnd(allocation) - data) - size);
  if (Settings::get().poison) memset(data, 0xFF, size);
  live.emplace(data, allocation);
  if (kind == MemoryKind::Device) used[device] += rounded;
  return data;
}

FreeResult release(void* pointer, MemoryKind kind) {
  const auto it = live.find(static_cast<const char*>(pointer));
  if (it == live.end()) {
    for (const Allocation& allocation : freed)
      if (allocation.data == pointer) return FreeResult::FreedBefore;
    return FreeResult::NotOurs;
  }
  if (it->second.kind != kind) return FreeResult::WrongKind;
  const Allocation allocation = it->second;
  live.erase(it);
  if (kind == MemoryKind::Device) used[allocation.device] -= (allocation.size + zone - 1) / zone * zone;
  bury(allocation);
  return FreeResult::Done;
}

size_t usedBytes(int device) { return used[device]; }

bool charge(size_t bytes, int device) {
  if (used[device] + bytes > Settings::get().devices[static_cast<size_t>(device)].memoryBytes) return false;
  used[device] += bytes;
  return true;
}

void discharge(size_t bytes, int device) { used[device] -= bytes < used[device] ? bytes : used[device]; }

void liveAllocations(size_t* count, size_t* bytes) {
  *count = live.size();
  *bytes = 0;
  for (const auto& [data, allocation] : live) *bytes += allocation.size;
}

void releaseAll(int device) {
  std::vector<Allocation> lost;
  for (const auto& [data, allocation] : live)
    if (allocation.device == device) lost.push_back(allocation);
  for (const Allocation& allocation : lost) release(allocation.data, allocation.kind);
}

std::string describe(const void* address) {
  const char* at = static_cast<const char*>(address);
  if (address == nullptr) return "null pointer";
  if (const Allocation* allocation = around(at)) return named(*allocation, at);
  for (const Allocation& allocation : freed)
    if (at >= allocation.region && at < allocation.region + allocation.regionBytes) return "freed " + named(allocation, at);
  return "no allocation";
}

bool contains(const void* pointer, size_t size, MemoryKind* kind) {
  const char* at = static_cast<const char*>(pointer);
  const Allocation* allocation = around(at);
  if (allocation == nullptr || at < allocation->data || at > allocation->data + allocation->size) return false;
  if (size > static_cast<size_t>(allocation->data + allocation->size - at)) return false;
  *kind = allocation->kind;
  return true;
}

bool known(const void* address) {
  const char* at = static_cast<const char*>(address);
  if (around(at) != nullptr) return true;
  for (const Allocation& allocation : freed)
    if (at >= allocation.region && at < allocation.region + allocation.regionBytes) return true;
  return false;
}

std::string damagedGuards() {
  static const std::vector<char> whole(page + zone, static_cast<char>(zoneByte));
  for (auto& [start, allocation] : live) {
    char* zones[2][2] = {{allocation.region + page, allocation.data}, {allocation.data + allocation.size, zoneEnd(allocation)}};
    for (auto& [from, to] : zones) {
      const size_t length = static_cast<size_t>(to - from);
      // The far part of a long zone lies within the same page; comparing all of it finds strided strays too.
      if (memcmp(from, whole.data(), length) == 0) continue;
      char* bad = from;
      while (static_cast<unsigned char>(*bad) == zoneByte) bad++;
      const std::string text = "guard zone overwritten: " + named(allocation, bad);
      memset(from, zoneByte, length);
      return text;
    }
  }
  return {};
}

}  // namespace rocmforge
