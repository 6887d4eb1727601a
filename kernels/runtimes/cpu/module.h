// Loaded modules and their kernels.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "../hip_abi.h"
#include "block.h"

struct ihipModuleSymbol_t {
  std::string name;
  const RfKernelEntry* entry;
  uint32_t staticShared;  // bytes
};

struct ihipModule_t {
  void* library = nullptr;
  std::map<std::string, std::unique_ptr<ihipModuleSymbol_t>> functions;  // filled on demand
  std::map<std::string, uint32_t> sharedOf;                              // static shared bytes by function
};

namespace rocmforge {

bool isFunction(hipFunction_t function);  // and its module is still loaded

}  // namespace rocmforge
