// Static shared memory of kernels, read from the symbol table of a compiled module: RF_SHARED variables are its
// thread-local symbols, and their mangled names say which function they belong to.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace rocmforge {

// Bytes by function name; "" collects those of helper functions and of file scope, which count for every kernel.
std::map<std::string, uint32_t> staticSharedBytes(const char* image, size_t size);

inline uint32_t sharedOfKernel(const std::map<std::string, uint32_t>& bytes, const std::string& kernel) {
  uint32_t sum = 0;
  for (const auto& [function, count] : bytes)
    if (function.empty() || function == kernel) sum += count;
  return sum;
}

}  // namespace rocmforge
