#include <cstring>
#include <set>

#include "launcher.h"
#include "memory.h"
#include "module.h"
#include "state.h"
#include "stream.h"

namespace rocmforge {
namespace {

std::set<hipGraph_t> graphs;
std::set<hipGraphExec_t> execs;

hipError_t run(const KernelNode& node) {
  if (!isFunction(node.function)) return failed(hipErrorInvalidHandle, "the kernel's module is no longer loaded");
  const RfKernelEntry& entry = *node.function->entry;
  for (uint32_t i = 0; i < entry.parameters; i++) {
    if ((entry.sizes[i] & rfPointerParameter) == 0) continue;
    const void* pointer;
    memcpy(&pointer, node.arguments[i], sizeof pointer);
    MemoryKind kind;
    if (pointer != nullptr && !contains(pointer, 0, &kind)) {
      const std::string text = node.function->name + ": parameter " + std::to_string(i) + " points to " + describe(pointer);
      breakContext(hipErrorIllegalAddress, text);
      return failed(hipErrorIllegalAddress, text);
    }
  }
  std::string what;
  const hipError_t result = launch({&entry, node.arguments.data(), node.shape}, &what);
  if (result == hipSuccess) return hipSuccess;
  what = node.function->name + ": " + what;
  breakContext(result, what);
  return failed(result, what);
}

hipError_t guarded(const char* what) {
  const std::string damage = damagedGuards();
  return damage.empty() ? hipSuccess : failed(hipErrorIllegalAddress, std::string(what) + ": " + damage);
}

hipError_t run(const CopyNode& node) {
  if (const hipError_t bad = checkCopy(node); bad != hipSuccess) return bad;
  memmove(node.target, node.source, node.size);
  return guarded("copy");
}

hipError_t run(const FillNode& node) {
  if (const hipError_t bad = checkFill(node); bad != hipSuccess) return bad;
  memset(node.target, node.value, node.size);
  return guarded("fill");
}

// AMD's runtime keeps the arguments of each launch in device memory: the explicit ones, behind them 256 bytes of hidden ones,
// at a cache line's alignment.
size_t argumentBytes(const std::vector<Node>& nodes) {
  size_t bytes = 0;
  for (const Node& node : nodes)
    if (const auto* kernel = std::get_if<KernelNode>(&node)) bytes += (kernel->storage.size() * 8 + 256 + 63) / 64 * 64;
  return bytes;
}

hipError_t badGraph() { return failed(hipErrorInvalidHandle, "not a graph"); }

}  // namespace

KernelNode& KernelNode::operator=(const KernelNode& other) {
  function = other.function;
  shape = other.shape;
  storage = other.storage;
  arguments.resize(other.arguments.size());
  for (size_t i = 0; i < arguments.size(); i++)
    arguments[i] = storage.data() + (static_cast<uint64_t*>(other.arguments[i]) - other.storage.data());
  return *this;
}

hipError_t execute(const Node& node) {
  return std::visit([](const auto& what) { return run(what); }, node);
}

hipGraph_t adoptGraph(std::unique_ptr<ihipGraph> graph) {
  graphs.insert(graph.get());
  return graph.release();
}

void releaseGraphs(int device) {
  for (const hipGraphExec_t exec : execs) {
    if (exec->device != device) continue;
    discharge(exec->charged, device);
    exec->charged = 0;
  }
}

}  // namespace rocmforge

using namespace rocmforge;

hipError_t hipGraphInstantiate(hipGraphExec_t* exec, hipGraph_t graph, hipGraphNode_t* errorNode, char* log, size_t logSize) {
  RF_ENTER(hipGraphInstantiate);
  if (exec == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (graphs.count(graph) == 0) return badGraph();
  if (errorNode != nullptr) *errorNode = nullptr;
  if (log != nullptr && logSize > 0) *log = 0;
  const size_t bytes = argumentBytes(graph->nodes);
  const int device = currentDevice();
  if (!charge(bytes, device))
    return failed(hipErrorOutOfMemory, std::to_string(bytes) + " bytes of arguments asked, " +
                                           std::to_string(usedBytes(device)) + " in use");
  *exec = new hipGraphExec{graph->nodes, bytes, device};
  execs.insert(*exec);
  return hipSuccess;
}

hipError_t hipGraphLaunch(hipGraphExec_t exec, hipStream_t stream) {
  RF_ENTER(hipGraphLaunch);
  if (execs.count(exec) == 0) return badGraph();
  if (!isStream(stream)) return failed(hipErrorInvalidHandle, "not a stream");
  if (stream != nullptr && stream->status != hipStreamCaptureStatusNone) {
    stream->status = hipStreamCaptureStatusInvalidated;
    return failed(hipErrorStreamCaptureUnsupported, "hipGraphLaunch during capture");
  }
  for (const Node& node : exec->nodes) {
    if (const hipError_t result = execute(node); result != hipSuccess) return result;
  }
  return hipSuccess;
}

hipError_t hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t* errorNode,
                              hipGraphExecUpdateResult* result) {
  RF_ENTER(hipGraphExecUpdate);
  if (execs.count(exec) == 0 || graphs.count(graph) == 0) return badGraph();
  if (result == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (errorNode != nullptr) *errorNode = nullptr;
  *result = hipGraphExecUpdateSuccess;
  if (exec->nodes.size() != graph->nodes.size()) {
    *result = hipGraphExecUpdateErrorTopologyChanged;
    return failed(hipErrorGraphExecUpdateFailure, std::to_string(exec->nodes.size()) + " nodes, update has " +
                                                      std::to_string(graph->nodes.size()));
  }
  for (size_t i = 0; i < graph->nodes.size(); i++) {
    if (exec->nodes[i].index() != graph->nodes[i].index()) *result = hipGraphExecUpdateErrorNodeTypeChanged;
    const auto* before = std::get_if<KernelNode>(&exec->nodes[i]);
    const auto* after = std::get_if<KernelNode>(&graph->nodes[i]);
    if (before != nullptr && after != nullptr && before->function != after->function)
      *result = hipGraphExecUpdateErrorFunctionChanged;
    if (*result != hipGraphExecUpdateSuccess)
      return failed(hipErrorGraphExecUpdateFailure, "node " + std::to_string(i) + " differs in kind or kernel");
  }
  exec->nodes = graph->nodes;
  return hipSuccess;
}

hipError_t hipGraphExecDestroy(hipGraphExec_t exec) {
  RF_ENTER_CLEANUP(hipGraphExecDestroy);
  if (execs.erase(exec) == 0) return badGraph();
  discharge(exec->charged, exec->device);
  delete exec;
  return hipSuccess;
}

hipError_t hipGraphDestroy(hipGraph_t graph) {
  RF_ENTER_CLEANUP(hipGraphDestroy);
  if (graphs.erase(graph) == 0) return badGraph();
  delete graph;
  return hipSuccess;
}

// Node handles are not part of the subset: only the count is given.
hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t* nodes, size_t* count) {
  RF_ENTER(hipGraphGetNodes);
  if (graphs.count(graph) == 0) return badGraph();
  if (count == nullptr) return failed(hipErrorInvalidValue, "null argument");
  if (nodes != nullptr) return failed(hipErrorNotSupported, "the emulation gives the number of nodes only");
  *count = graph->nodes.size();
  return hipSuccess;
}

// Refusals in the order and with the codes of AMD's launch check.
hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned int gridX, unsigned int gridY, unsigned int gridZ,
                                 unsigned int blockX, unsigned int blockY, unsigned int blockZ, unsigned int sharedBytes,
                                 hipStream_t stream, void** kernelParams, void** extra) {
  RF_ENTER(hipModuleLaunchKernel);
  if (!isFunction(function)) return failed(hipErrorInvalidHandle, "not a kernel of a loaded module");
  if (!isStream(stream)) return failed(hipErrorInvalidHandle, "not a stream");
  const RfKernelEntry& entry = *function->entry;
  const std::string& name = function->name;
  if (extra != nullptr) return failed(hipErrorNotSupported, name + ": packed arguments");
  const uint64_t threads = uint64_t{blockX} * blockY * blockZ;
  if (gridX == 0 || gridY == 0 || gridZ == 0 || threads == 0 || threads > 1024)
    return failed(hipErrorInvalidConfiguration, name + ": block of " + std::to_string(threads) + " threads, limit 1024, grid " +
                                                    std::to_string(gridX) + " x " + std::to_string(gridY) + " x " +
                                                    std::to_string(gridZ));
  if (uint64_t{gridX} * blockX > UINT32_MAX || uint64_t{gridY} * blockY > UINT32_MAX || uint64_t{gridZ} * blockZ > UINT32_MAX)
    return failed(hipErrorInvalidConfiguration, name + ": 2^32 or more threads in one dimension of the grid");
  if (threads > entry.launchBound)
    return failed(hipErrorLaunchFailure, name + ": block of " + std::to_string(threads) + " threads, launch bound " +
                                             std::to_string(entry.launchBound));
  if (uint64_t{sharedBytes} + function->staticShared > 64 * 1024)
    return failed(hipErrorInvalidValue, name + ": " + std::to_string(function->staticShared) + " + " +
                                            std::to_string(sharedBytes) + " bytes of shared memory, limit 65536");
  KernelNode node;
  node.function = function;
  node.shape = {{gridX, gridY, gridZ}, {blockX, blockY, blockZ}, sharedBytes};
  size_t words = 0;
  for (uint32_t i = 0; i < entry.parameters; i++) words += ((entry.sizes[i] & ~rfPointerParameter) + 7) / 8;
  if (entry.parameters > 0 && kernelParams == nullptr) return failed(hipErrorInvalidValue, name + ": no arguments");
  node.storage.resize(words);
  node.arguments.resize(entry.parameters);
  words = 0;
  for (uint32_t i = 0; i < entry.parameters; i++) {
    if (kernelParams[i] == nullptr) return failed(hipErrorInvalidValue, name + ": argument " + std::to_string(i) + " is null");
    const size_t size = entry.sizes[i] & ~rfPointerParameter;
    node.arguments[i] = node.storage.data() + words;
    memcpy(node.arguments[i], kernelParams[i], size);
    words += (size + 7) / 8;
  }
  return submit(stream, std::move(node));
}
