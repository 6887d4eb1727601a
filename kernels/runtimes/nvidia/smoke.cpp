// Runs the subset of the HIP ABI once on whatever library is linked: allocation, copies, run-time compilation of a kernel
// written with kernels/include/device.h, launch, graph capture and replay, update, events, pinned memory, errors.
//   g++ -std=c++20 -O1 kernels/runtimes/nvidia/*.cpp -o smoke -static-libstdc++ -static-libgcc -ldl && ./smoke kernels/include/device.h
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "../hip_abi.h"

namespace {

void check(int line, const char* what, int code) {
  if (code == 0) return;
  printf("FAILED line %d: %s: %s (%d): %s\n", line, what, hipGetErrorName(static_cast<hipError_t>(code)), code,
         rocmforgeErrorDetail());
  exit(1);
}
#define CHECK(call) check(__LINE__, #call, call)

void expect(int line, const char* what, bool good) {
  if (good) return;
  printf("FAILED line %d: %s\n", line, what);
  exit(1);
}
#define EXPECT(condition) expect(__LINE__, #condition, condition)

const char* const source = R"(
#include "device.h"
RF_KERNEL RF_LAUNCH_BOUNDS(256) void saxpy(float* y, const float* x, float a, int n) {
  const int i = block_x() * block_size_x() + thread_x();
  if (i < n) y[i] = a * x[i] + y[i];
}
RF_KERNEL RF_LAUNCH_BOUNDS(256) void reduce(float* sum, const float* x) {
  RF_SHARED float parts[8];
  float v = x[thread_x()];
  for (int mask = RF_WAVE / 2; mask > 0; mask >>= 1) v += shuffle_xor(v, mask);
  if (lane() == 0) parts[thread_x() / RF_WAVE] = v;
  barrier();
  if (thread_x() == 0) {
    v = 0;
    for (int i = 0; i < 256 / RF_WAVE; i++) v += parts[i];
    *sum = v;
  }
}
)";

std::string readFile(const char* path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<char> compile(const char* header, const std::string& architecture) {
  const std::string text = readFile(header);
  EXPECT(!text.empty());
  const char* headers[] = {text.c_str()};
  const char* names[] = {"device.h"};
  hiprtcProgram program;
  CHECK(hiprtcCreateProgram(&program, source, "smoke.hip", 1, headers, names));
  const std::string target = "--offload-arch=" + architecture;
  const char* options[] = {target.c_str(), "-std=c++17", "-O3", "-DRF_WAVE=32"};
  const hiprtcResult compiled = hiprtcCompileProgram(program, 4, options);
  size_t size = 0;
  CHECK(hiprtcGetProgramLogSize(program, &size));
  std::string log(size, 0);
  CHECK(hiprtcGetProgramLog(program, log.data()));
  if (compiled != HIPRTC_SUCCESS) printf("%s\n", log.c_str());
  CHECK(compiled);
  CHECK(hiprtcGetCodeSize(program, &size));
  std::vector<char> code(size);
  CHECK(hiprtcGetCode(program, code.data()));
  CHECK(hiprtcDestroyProgram(&program));
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  int count = 0, driver = 0, major = 0, minor = 0;
  CHECK(hipInit(0));
  CHECK(hipGetDeviceCount(&count));
  CHECK(hipSetDevice(0));
  CHECK(hipDriverGetVersion(&driver));
  CHECK(hiprtcVersion(&major, &minor));
  hipDeviceProp_tR0600 properties;
  hipDeviceProp_t older;
  CHECK(hipGetDevicePropertiesR0600(&properties, 0));
  CHECK(hipGetDeviceProperties(&older, 0));
  EXPECT(std::string(properties.gcnArchName) == older.gcnArchName);
  int wave = 0, units = 0;
  CHECK(hipDeviceGetAttribute(&wave, hipDeviceAttributeWarpSize, 0));
  CHECK(hipDeviceGetAttribute(&units, hipDeviceAttributeMultiprocessorCount, 0));
  EXPECT(wave == 32 && units == properties.multiProcessorCount);
  printf("%d device(s), %s, %s, %zu bytes, %d units, driver %d, compiler %d.%d\n", count, properties.name,
         properties.gcnArchName, properties.totalGlobalMem, units, driver, major, minor);

  const std::vector<char> code = compile(argc > 1 ? argv[1] : "kernels/include/device.h", properties.gcnArchName);
  hipModule_t module;
  hipFunction_t saxpy, reduce, absent;
  CHECK(hipModuleLoadData(&module, code.data()));
  CHECK(hipModuleGetFunction(&saxpy, module, "saxpy"));
  CHECK(hipModuleGetFunction(&reduce, module, "reduce"));
  EXPECT(hipModuleGetFunction(&absent, module, "absent") == hipErrorNotFound);
  int bound = 0;
  CHECK(hipFuncGetAttribute(&bound, HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, saxpy));
  EXPECT(bound >= 256);

  constexpr int n = 1 << 20;
  constexpr size_t bytes = n * sizeof(float);
  float *x, *y, *host;
  hipStream_t stream;
  hipEvent_t start, stop;
  size_t free0, free1, total;
  CHECK(hipMemGetInfo(&free0, &total));
  CHECK(hipMalloc(reinterpret_cast<void**>(&x), bytes));
  CHECK(hipMalloc(reinterpret_cast<void**>(&y), bytes));
  CHECK(hipMemGetInfo(&free1, &total));
  EXPECT(free1 < total && free0 <= total);
  CHECK(hipHostMalloc(reinterpret_cast<void**>(&host), bytes, hipHostMallocDefault));
  CHECK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
  CHECK(hipEventCreateWithFlags(&start, hipEventDefault));
  CHECK(hipEventCreateWithFlags(&stop, hipEventDefault));
  for (int i = 0; i < n; i++) host[i] = static_cast<float>(i % 1000);
  CHECK(hipMemcpyAsync(x, host, bytes, hipMemcpyHostToDevice, stream));
  CHECK(hipMemsetAsync(y, 0, bytes, stream));
  float a = 2;
  int length = n;
  void* arguments[] = {&y, &x, &a, &length};
  CHECK(hipEventRecord(start, stream));
  CHECK(hipModuleLaunchKernel(saxpy, n / 256, 1, 1, 256, 1, 1, 0, stream, arguments, nullptr));
  CHECK(hipEventRecord(stop, stream));
  CHECK(hipStreamSynchronize(stream));
  float milliseconds = -1;
  CHECK(hipEventElapsedTime(&milliseconds, start, stop));
  EXPECT(milliseconds > 0);

  hipGraph_t graph;
  hipGraphExec_t exec;
  hipStreamCaptureStatus status;
  CHECK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
  CHECK(hipModuleLaunchKernel(saxpy, n / 256, 1, 1, 256, 1, 1, 0, stream, arguments, nullptr));
  CHECK(hipStreamGetCaptureInfo(stream, &status, nullptr));
  EXPECT(status == hipStreamCaptureStatusActive);
  CHECK(hipStreamEndCapture(stream, &graph));
  size_t nodes = 0;
  CHECK(hipGraphGetNodes(graph, nullptr, &nodes));
  EXPECT(nodes == 1);
  CHECK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  for (int i = 0; i < 3; i++) CHECK(hipGraphLaunch(exec, stream));
  CHECK(hipGraphDestroy(graph));
  a = 10;
  CHECK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
  CHECK(hipModuleLaunchKernel(saxpy, n / 256, 1, 1, 256, 1, 1, 0, stream, arguments, nullptr));
  CHECK(hipStreamEndCapture(stream, &graph));
  hipGraphExecUpdateResult updated;
  hipGraphNode_t node;
  CHECK(hipGraphExecUpdate(exec, graph, &node, &updated));
  EXPECT(updated == hipGraphExecUpdateSuccess);
  CHECK(hipGraphLaunch(exec, stream));
  CHECK(hipMemcpyAsync(host, y, bytes, hipMemcpyDeviceToHost, stream));
  CHECK(hipStreamSynchronize(stream));
  for (int i = 0; i < n; i++) EXPECT(host[i] == 18.0f * static_cast<float>(i % 1000));

  CHECK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
  EXPECT(hipStreamSynchronize(stream) == hipErrorStreamCaptureUnsupported);
  hipGraph_t spoilt = nullptr;
  EXPECT(hipStreamEndCapture(stream, &spoilt) == hipErrorStreamCaptureInvalidated);

  void* two[] = {&y, &x};
  float sum = 0;
  CHECK(hipModuleLaunchKernel(reduce, 1, 1, 1, 256, 1, 1, 0, stream, two, nullptr));
  CHECK(hipStreamSynchronize(stream));
  CHECK(hipMemcpy(&sum, y, sizeof sum, hipMemcpyDeviceToHost));
  EXPECT(sum == 255.0f * 256 / 2);

  EXPECT(hipModuleLaunchKernel(saxpy, 1, 1, 1, 2048, 1, 1, 0, stream, arguments, nullptr) != hipSuccess);
  void* huge = nullptr;
  EXPECT(hipMalloc(&huge, size_t{1} << 60) == hipErrorOutOfMemory);
  EXPECT(std::string(hipGetErrorName(hipErrorOutOfMemory)) == "hipErrorOutOfMemory");
  (void)hipGetLastError();

  CHECK(hipGraphExecDestroy(exec));
  CHECK(hipGraphDestroy(graph));
  CHECK(hipEventDestroy(start));
  CHECK(hipEventDestroy(stop));
  CHECK(hipStreamDestroy(stream));
  CHECK(hipHostFree(host));
  CHECK(hipFree(x));
  CHECK(hipFree(y));
  CHECK(hipModuleUnload(module));
  size_t live = 0, liveBytes = 0;
  rocmforgeLiveAllocations(&live, &liveBytes);
  EXPECT(live == 0);
  printf("saxpy %.3f ms; smoke test passed\n", static_cast<double>(milliseconds));
  return 0;
}
