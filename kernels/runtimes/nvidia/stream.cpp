// Streams, events, modules, launches and graphs: one call of the driver each. Handles are the driver's own.
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>

#include "bridge.h"

using namespace rocmforge;

namespace {
CuHandle* out(void* pointer) { return static_cast<CuHandle*>(pointer); }

// Kernels that may start before the launch in front of them has ended: their module says so (RF_EARLY of kernels/include/device.h).
// ROCMFORGE_NVIDIA_EARLY=0 starts none early.
class EarlyKernels {
 public:
  static EarlyKernels& all() {
    static EarlyKernels kernels;
    return kernels;
  }
  void add(const CudaDriver& cuda, CuHandle module, CuHandle function, const std::string& name) {
    CuPointer mark;
    size_t bytes;
    const char* wanted = getenv("ROCMFORGE_NVIDIA_EARLY");
    const bool early = (wanted == nullptr || strcmp(wanted, "0") != 0) &&
                       cuda.moduleGlobal(&mark, &bytes, module, ("rf_early_" + name).c_str()) == 0;
    const std::lock_guard<std::mutex> guard(mutex);
    // A handle may come back for another kernel after its module was unloaded.
    if (early) {
      functions.insert(function);
    } else {
      functions.erase(function);
    }
  }
  bool has(CuHandle function) {
    const std::lock_guard<std::mutex> guard(mutex);
    return functions.count(function) != 0;
  }

 private:
  std::mutex mutex;
  std::set<CuHandle> functions;
};
constexpr int PROGRAMMATIC_STREAM_SERIALIZATION = 6;
}  // namespace

hipError_t hipStreamCreateWithFlags(hipStream_t* stream, unsigned int flags) {
  RF_READY();
  RF_CALL(cuda->streamCreate(out(stream), flags));
}
hipError_t hipStreamDestroy(hipStream_t stream) {
  RF_READY();
  RF_CALL(cuda->streamDestroy(stream));
}
hipError_t hipStreamSynchronize(hipStream_t stream) {
  RF_READY();
  RF_CALL(cuda->streamSynchronize(stream));
}
hipError_t hipStreamQuery(hipStream_t stream) {
  RF_READY();
  RF_CALL(cuda->streamQuery(stream));
}
hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags) {
  RF_READY();
  RF_CALL(cuda->streamWaitEvent(stream, event, flags));
}
hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode) {
  RF_READY();
  RF_CALL(cuda->beginCapture(stream, mode));
}
hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t* graph) {
  RF_READY();
  RF_CALL(cuda->endCapture(stream, out(graph)));
}
// The driver's call that also gives the sequence's id changed with every release; the id is not used.
hipError_t hipStreamGetCaptureInfo(hipStream_t stream, hipStreamCaptureStatus* status, unsigned long long* id) {
  RF_READY();
  int value = 0;
  const hipError_t result = passed("cuStreamIsCapturing", cuda->isCapturing(stream, &value));
  *status = static_cast<hipStreamCaptureStatus>(value);
  if (id != nullptr) *id = value == 0 ? 0 : reinterpret_cast<unsigned long long>(stream);
  return result;
}

hipError_t hipEventCreateWithFlags(hipEvent_t* event, unsigned int flags) {
  RF_READY();
  RF_CALL(cuda->eventCreate(out(event), flags));
}
hipError_t hipEventDestroy(hipEvent_t event) {
  RF_READY();
  RF_CALL(cuda->eventDestroy(event));
}
hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream) {
  RF_READY();
  RF_CALL(cuda->eventRecord(event, stream));
}
hipError_t hipEventSynchronize(hipEvent_t event) {
  RF_READY();
  RF_CALL(cuda->eventSynchronize(event));
}
hipError_t hipEventQuery(hipEvent_t event) {
  RF_READY();
  RF_CALL(cuda->eventQuery(event));
}
hipError_t hipEventElapsedTime(float* milliseconds, hipEvent_t start, hipEvent_t stop) {
  RF_READY();
  RF_CALL(cuda->eventElapsed(milliseconds, start, stop));
}

hipError_t hipModuleLoadData(hipModule_t* module, const void* image) {
  RF_READY();
  RF_CALL(cuda->moduleLoad(out(module), image));
}
hipError_t hipModuleUnload(hipModule_t module) {
  RF_READY();
  RF_CALL(cuda->moduleUnload(module));
}
hipError_t hipModuleGetFunction(hipFunction_t* function, hipModule_t module, const char* name) {
  RF_READY();
  const hipError_t found = passed("cuModuleGetFunction", cuda->moduleFunction(out(function), module, name));
  if (found == hipSuccess) EarlyKernels::all().add(*cuda, module, *function, name);
  return found;
}
// The three attributes of the subset have CUDA's numbers.
hipError_t hipFuncGetAttribute(int* value, hipFunction_attribute attribute, hipFunction_t function) {
  RF_READY();
  RF_CALL(cuda->functionAttribute(value, attribute, function));
}
hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned int gridX, unsigned int gridY, unsigned int gridZ,
                                 unsigned int blockX, unsigned int blockY, unsigned int blockZ, unsigned int sharedBytes,
                                 hipStream_t stream, void** kernelParams, void** extra) {
  RF_READY();
  if (extra != nullptr) return failed(hipErrorNotSupported, "packed arguments");
  if (EarlyKernels::all().has(function)) {
    CuLaunchAttribute early = {};
    early.id = PROGRAMMATIC_STREAM_SERIALIZATION;
    early.on = 1;
    const CuLaunchConfig config = {gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, &early, 1};
    RF_CALL(cuda->launchWith(&config, function, kernelParams, nullptr));
  }
  RF_CALL(cuda->launch(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, kernelParams, nullptr));
}

hipError_t hipGraphInstantiate(hipGraphExec_t* exec, hipGraph_t graph, hipGraphNode_t* errorNode, char* log, size_t logSize) {
  RF_READY();
  if (errorNode != nullptr) *errorNode = nullptr;
  if (log != nullptr && logSize > 0) *log = 0;
  RF_CALL(cuda->graphInstantiate(out(exec), graph, 0));
}
hipError_t hipGraphLaunch(hipGraphExec_t exec, hipStream_t stream) {
  RF_READY();
  RF_CALL(cuda->graphLaunch(exec, stream));
}
hipError_t hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t* errorNode,
                              hipGraphExecUpdateResult* result) {
  RF_READY();
  CuUpdateInfo info = {};
  const hipError_t code = passed("cuGraphExecUpdate", cuda->graphUpdate(exec, graph, &info));
  if (errorNode != nullptr) *errorNode = static_cast<hipGraphNode_t>(info.errorNode);
  // CUDA 12 added 8, attributes changed, which HIP has not.
  *result = info.result > hipGraphExecUpdateErrorUnsupportedFunctionChange
                ? hipGraphExecUpdateErrorParametersChanged
                : static_cast<hipGraphExecUpdateResult>(info.result);
  return code;
}
hipError_t hipGraphExecDestroy(hipGraphExec_t exec) {
  RF_READY();
  RF_CALL(cuda->graphExecDestroy(exec));
}
hipError_t hipGraphDestroy(hipGraph_t graph) {
  RF_READY();
  RF_CALL(cuda->graphDestroy(graph));
}
hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t* nodes, size_t* count) {
  RF_READY();
  RF_CALL(cuda->graphNodes(graph, out(nodes), count));
}
