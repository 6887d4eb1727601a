#include "module.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>
#include <cfenv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "code_object.h"
#include "elf_shared.h"
#include "settings.h"
#include "state.h"

namespace rocmforge {
namespace {

std::set<hipModule_t> modules;

std::string plain(const std::string& architecture) { return architecture.substr(0, architecture.find(':')); }

}  // namespace

bool isFunction(hipFunction_t function) {
  for (const hipModule_t module : modules)
    for (const auto& [name, symbol] : module->functions)
      if (symbol.get() == function) return true;
  return false;
}

}  // namespace rocmforge

using namespace rocmforge;

hipError_t hipModuleLoadData(hipModule_t* module, const void* image) {
  RF_ENTER(hipModuleLoadData);
  if (module == nullptr || image == nullptr) return failed(hipErrorInvalidValue, "null argument");
  CodeObject header;
  memcpy(&header, image, sizeof header);
  if (memcmp(header.magic, codeObjectMagic, sizeof header.magic) != 0)
    return failed(hipErrorInvalidImage, "not a code object of the emulation");
  const std::string device = plain(Settings::get().devices[static_cast<size_t>(currentDevice())].architecture);
  if (device != header.architecture)
    return failed(hipErrorNoBinaryForGpu, std::string("compiled for ") + header.architecture + ", device is " + device);
  const char* bytes = static_cast<const char*>(image) + sizeof header;
  // The loader takes a library of the same name for the same library, so each module gets a file of its own for a moment.
  std::error_code ignored;
  std::filesystem::create_directories(Settings::get().cacheFolder, ignored);
  std::string path = Settings::get().cacheFolder + "/module-XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) return failed(hipErrorOperatingSystem, path + ": " + strerror(errno));
  for (uint64_t done = 0; done < header.bytes;) {
    const ssize_t written = write(file, bytes + done, header.bytes - done);
    if (written <= 0) {
      close(file);
      unlink(path.c_str());
      return failed(hipErrorOperatingSystem, path + ": " + strerror(errno));
    }
    done += static_cast<uint64_t>(written);
  }
  close(file);
  // A library built with -ffast-math switches denormals off for the thread that loads it, here the caller's.
  fenv_t caller;
  fegetenv(&caller);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  fesetenv(&caller);
  unlink(path.c_str());
  if (library == nullptr) return failed(hipErrorSharedObjectInitFailed, dlerror());
  auto loaded = std::make_unique<ihipModule_t>();
  loaded->library = library;
  loaded->sharedOf = staticSharedBytes(bytes, header.bytes);
  modules.insert(loaded.get());
  *module = loaded.release();
  return hipSuccess;
}

hipError_t hipModuleUnload(hipModule_t module) {
  RF_ENTER_CLEANUP(hipModuleUnload);
  if (modules.erase(module) == 0) return failed(hipErrorInvalidHandle, "not a loaded module");
  dlclose(module->library);
  delete module;
  return hipSuccess;
}

hipError_t hipModuleGetFunction(hipFunction_t* function, hipModule_t module, const char* name) {
  RF_ENTER(hipModuleGetFunction);
  if (function == nullptr || name == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (modules.count(module) == 0) return failed(hipErrorInvalidHandle, "not a loaded module");
  auto& slot = module->functions[name];
  if (slot == nullptr) {
    const auto* entry = static_cast<const RfKernelEntry*>(dlsym(module->library, (std::string("rf_entry_") + name).c_str()));
    if (entry == nullptr) {
      module->functions.erase(name);
      return failed(hipErrorNotFound, std::string("no kernel ") + name);
    }
    slot = std::make_unique<ihipModuleSymbol_t>(ihipModuleSymbol_t{name, entry, sharedOfKernel(module->sharedOf, name)});
  }
  *function = slot.get();
  return hipSuccess;
}

hipError_t hipFuncGetAttribute(int* value, hipFunction_attribute attribute, hipFunction_t function) {
  RF_ENTER(hipFuncGetAttribute);
  if (value == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (!isFunction(function)) return failed(hipErrorInvalidHandle, "not a kernel of a loaded module");
  switch (attribute) {
    case HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = static_cast<int>(function->entry->launchBound); return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = static_cast<int>(function->staticShared); return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_NUM_REGS: *value = 0; return hipSuccess;  // the emulation has no register file
  }
  return failed(hipErrorInvalidValue, "attribute " + std::to_string(attribute));
}
