// Streams, events and graphs. Work runs at once, in the order of the calls, which is one of the orders a device may
// choose; what makes a difference is capture, and its rules are enforced.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "../hip_abi.h"
#include "block.h"

struct ihipGraph;

namespace rocmforge {

struct KernelNode {
  hipFunction_t function;
  LaunchShape shape;
  std::vector<uint64_t> storage;       // argument values, each at a multiple of 8 bytes
  std::vector<void*> arguments;        // into storage
  KernelNode() = default;
  KernelNode(const KernelNode& other) { *this = other; }
  KernelNode& operator=(const KernelNode& other);
};
struct CopyNode {
  void* target;
  const void* source;
  size_t size;
  hipMemcpyKind kind;
};
struct FillNode {
  void* target;
  int value;
  size_t size;
};
using Node = std::variant<KernelNode, CopyNode, FillNode>;

// Whether the memory a copy or fill names exists and is of the right kind; asked at the call and again at each replay.
hipError_t checkCopy(const CopyNode& copy);
hipError_t checkFill(const FillNode& fill);

// Carries out a node now.
hipError_t execute(const Node& node);

// Runs the node, or adds it to the stream's capture.
hipError_t submit(hipStream_t stream, Node&& node);

// hipErrorStreamCaptureUnsupported, and every capture it touches invalidated, when a capture forbids unsafe calls here.
hipError_t refuseDuringCapture(const char* function);

bool isStream(hipStream_t stream);  // the null stream is one

// Makes the graph known to the entry points.
hipGraph_t adoptGraph(std::unique_ptr<ihipGraph> graph);

// Gives back the memory of executable graphs, as a reset does; their handles may still be destroyed.
void releaseGraphs(int device);

}  // namespace rocmforge

struct ihipGraph {
  std::vector<rocmforge::Node> nodes;
};
struct hipGraphExec {
  std::vector<rocmforge::Node> nodes;
  size_t charged = 0;  // device memory of the launches' arguments
  int device = 0;
};
struct ihipStream_t {
  hipStreamCaptureStatus status = hipStreamCaptureStatusNone;
  hipStreamCaptureMode mode = hipStreamCaptureModeGlobal;
  std::thread::id owner;
  unsigned long long captureId = 0;
  std::unique_ptr<ihipGraph> graph;
};
struct ihipEvent_t {
  bool timing = true;
  bool recorded = false;
  bool captured = false;
  std::chrono::steady_clock::time_point time;
};
