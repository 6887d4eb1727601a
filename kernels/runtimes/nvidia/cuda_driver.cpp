#include "cuda_driver.h"

#include <dlfcn.h>
#include <glob.h>

#include <cstdlib>
#include <vector>

namespace rocmforge {
namespace {

template <typename F>
void find(void* library, const char* name, F& function, std::string& missing) {
  function = reinterpret_cast<F>(dlsym(library, name));
  if (function == nullptr && missing.empty()) missing = name;
}

bool loadDriver(CudaDriver& d, std::string& why) {
  void* lib = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
  if (lib == nullptr) {
    why = dlerror();
    return false;
  }
  std::string missing;
  find(lib, "cuInit", d.init, missing);
  find(lib, "cuDriverGetVersion", d.driverVersion, missing);
  find(lib, "cuDeviceGetCount", d.deviceCount, missing);
  find(lib, "cuDeviceGet", d.deviceGet, missing);
  find(lib, "cuDeviceGetName", d.deviceName, missing);
  find(lib, "cuDeviceTotalMem_v2", d.deviceMemory, missing);
  find(lib, "cuDeviceGetAttribute", d.deviceAttribute, missing);
  find(lib, "cuDevicePrimaryCtxRetain", d.retainContext, missing);
  find(lib, "cuDevicePrimaryCtxReset_v2", d.resetContext, missing);
  find(lib, "cuCtxSetCurrent", d.setContext, missing);
  find(lib, "cuCtxSynchronize", d.contextSynchronize, missing);
  find(lib, "cuMemGetInfo_v2", d.memoryInfo, missing);
  find(lib, "cuMemAlloc_v2", d.allocate, missing);
  find(lib, "cuMemFree_v2", d.release, missing);
  find(lib, "cuMemAllocAsync", d.allocateAsync, missing);
  find(lib, "cuMemFreeAsync", d.releaseAsync, missing);
  find(lib, "cuMemHostAlloc", d.allocateHost, missing);
  find(lib, "cuMemFreeHost", d.releaseHost, missing);
  find(lib, "cuMemcpy", d.copy, missing);
  find(lib, "cuMemcpyAsync", d.copyAsync, missing);
  find(lib, "cuMemsetD8_v2", d.fill, missing);
  find(lib, "cuMemsetD8Async", d.fillAsync, missing);
  find(lib, "cuStreamCreate", d.streamCreate, missing);
  find(lib, "cuStreamDestroy_v2", d.streamDestroy, missing);
  find(lib, "cuStreamSynchronize", d.streamSynchronize, missing);
  find(lib, "cuStreamQuery", d.streamQuery, missing);
  find(lib, "cuStreamWaitEvent", d.streamWaitEvent, missing);
  find(lib, "cuStreamBeginCapture_v2", d.beginCapture, missing);
  find(lib, "cuStreamEndCapture", d.endCapture, missing);
  find(lib, "cuStreamIsCapturing", d.isCapturing, missing);
  find(lib, "cuEventCreate", d.eventCreate, missing);
  find(lib, "cuEventDestroy_v2", d.eventDestroy, missing);
  find(lib, "cuEventRecord", d.eventRecord, missing);
  find(lib, "cuEventSynchronize", d.eventSynchronize, missing);
  find(lib, "cuEventQuery", d.eventQuery, missing);
  find(lib, "cuEventElapsedTime", d.eventElapsed, missing);
  find(lib, "cuModuleLoadData", d.moduleLoad, missing);
  find(lib, "cuModuleUnload", d.moduleUnload, missing);
  find(lib, "cuModuleGetFunction", d.moduleFunction, missing);
  find(lib, "cuModuleGetGlobal_v2", d.moduleGlobal, missing);
  find(lib, "cuFuncGetAttribute", d.functionAttribute, missing);
  find(lib, "cuLaunchKernel", d.launch, missing);
  find(lib, "cuLaunchKernelEx", d.launchWith, missing);
  find(lib, "cuGraphInstantiateWithFlags", d.graphInstantiate, missing);
  find(lib, "cuGraphLaunch", d.graphLaunch, missing);
  find(lib, "cuGraphExecUpdate_v2", d.graphUpdate, missing);
  find(lib, "cuGraphExecDestroy", d.graphExecDestroy, missing);
  find(lib, "cuGraphDestroy", d.graphDestroy, missing);
  find(lib, "cuGraphGetNodes", d.graphNodes, missing);
  if (!missing.empty()) {
    why = "libcuda.so.1: no function " + missing + "; CUDA 12 or newer is needed";
    return false;
  }
  // Both lists hide devices in the same way; the driver reads its own when it starts.
  const char* visible = getenv("HIP_VISIBLE_DEVICES");
  if (visible != nullptr) setenv("CUDA_VISIBLE_DEVICES", visible, 1);
  const CuResult result = d.init(0);
  if (result != 0) why = "cuInit: error " + std::to_string(result);
  return result == 0;
}

// Where NVRTC may lie: named, where the system looks, a CUDA installation, Python packages.
std::vector<std::string> nvrtcPlaces() {
  if (const char* named = getenv("ROCMFORGE_NVRTC_LIBRARY"); named != nullptr && *named != 0) return {named};
  std::vector<std::string> places = {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"};
  const char* home = getenv("HOME");
  std::vector<std::string> patterns = {"/usr/local/cuda*/lib64/libnvrtc.so.1[23]",
                                       "/usr/local/lib/python3*/*-packages/nvidia/*/lib/libnvrtc.so.1[23]",
                                       "/usr/lib/python3*/*-packages/nvidia/*/lib/libnvrtc.so.1[23]",
                                       "/opt/*/lib/python3*/site-packages/nvidia/*/lib/libnvrtc.so.1[23]"};
  if (home != nullptr)
    patterns.push_back(std::string(home) + "/.local/lib/python3*/site-packages/nvidia/*/lib/libnvrtc.so.1[23]");
  if (const char* prefix = getenv("VIRTUAL_ENV"); prefix != nullptr)
    patterns.push_back(std::string(prefix) + "/lib/python3*/site-packages/nvidia/*/lib/libnvrtc.so.1[23]");
  for (const std::string& pattern : patterns) {
    glob_t found;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
      for (size_t i = 0; i < found.gl_pathc; i++) places.emplace_back(found.gl_pathv[i]);
    globfree(&found);
  }
  return places;
}

bool loadNvrtc(Nvrtc& n, std::string& why) {
  void* lib = nullptr;
  for (const std::string& place : nvrtcPlaces()) {
    lib = dlopen(place.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (lib != nullptr) break;
    why += std::string(dlerror()) + "; ";
  }
  if (lib == nullptr) return false;
  std::string missing;
  find(lib, "nvrtcVersion", n.version, missing);
  find(lib, "nvrtcCreateProgram", n.create, missing);
  find(lib, "nvrtcDestroyProgram", n.destroy, missing);
  find(lib, "nvrtcCompileProgram", n.compile, missing);
  find(lib, "nvrtcGetProgramLogSize", n.logSize, missing);
  find(lib, "nvrtcGetProgramLog", n.log, missing);
  find(lib, "nvrtcGetCUBINSize", n.codeSize, missing);
  find(lib, "nvrtcGetCUBIN", n.code, missing);
  find(lib, "nvrtcAddNameExpression", n.addName, missing);
  find(lib, "nvrtcGetLoweredName", n.loweredName, missing);
  if (!missing.empty()) why = "libnvrtc: no function " + missing;
  return missing.empty();
}

}  // namespace

const CudaDriver* CudaDriver::get(std::string* why) {
  static CudaDriver driver;
  static std::string reason;
  static const bool loaded = loadDriver(driver, reason);
  if (!loaded && why != nullptr) *why = reason;
  return loaded ? &driver : nullptr;
}

const Nvrtc* Nvrtc::get(std::string* why) {
  static Nvrtc nvrtc;
  static std::string reason;
  static const bool loaded = loadNvrtc(nvrtc, reason);
  if (!loaded && why != nullptr) *why = reason;
  return loaded ? &nvrtc : nullptr;
}

}  // namespace rocmforge
