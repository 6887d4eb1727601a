// What the emulated hiprtc hands out and hipModuleLoadData takes: this header, then the bytes of a shared object.
#pragma once
#include <cstdint>

namespace rocmforge {

struct CodeObject {
  char magic[8];          // "RFEMU01" and a zero
  uint64_t bytes;         // of the shared object behind this header
  char architecture[48];  // what it was compiled for, without feature suffixes
};
static_assert(sizeof(CodeObject) == 64);
inline constexpr char codeObjectMagic[8] = "RFEMU01";

}  // namespace rocmforge
