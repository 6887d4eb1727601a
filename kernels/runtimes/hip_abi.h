// The part of HIP's C ABI that rocmforge uses, and nothing else: both stand-in runtimes export exactly these functions,
// and the Java bindings declare exactly these. Values and layouts are facts of the published interface; layouts.tsv
// beside this file holds them again, taken from two independent sources, and tests compare all three.
#ifndef ROCMFORGE_HIP_ABI_H
#define ROCMFORGE_HIP_ABI_H

#include <stddef.h>

#ifdef __cplusplus
#define RF_API extern "C" __attribute__((visibility("default")))
#else
#define RF_API
#endif

typedef enum hipError_t {
  hipSuccess = 0,
  hipErrorInvalidValue = 1,
  hipErrorOutOfMemory = 2,
  hipErrorNotInitialized = 3,
  hipErrorDeinitialized = 4,
  hipErrorInvalidConfiguration = 9,
  hipErrorInvalidSymbol = 13,
  hipErrorInvalidDevicePointer = 17,
  hipErrorInvalidMemcpyDirection = 21,
  hipErrorInsufficientDriver = 35,
  hipErrorInvalidDeviceFunction = 98,
  hipErrorNoDevice = 100,
  hipErrorInvalidDevice = 101,
  hipErrorInvalidImage = 200,
  hipErrorInvalidContext = 201,
  hipErrorNoBinaryForGpu = 209,
  hipErrorInvalidKernelFile = 218,
  hipErrorFileNotFound = 301,
  hipErrorSharedObjectSymbolNotFound = 302,
  hipErrorSharedObjectInitFailed = 303,
  hipErrorOperatingSystem = 304,
  hipErrorInvalidHandle = 400,
  hipErrorIllegalState = 401,
  hipErrorNotFound = 500,
  hipErrorNotReady = 600,
  hipErrorIllegalAddress = 700,
  hipErrorLaunchOutOfResources = 701,
  hipErrorLaunchTimeOut = 702,
  hipErrorAssert = 710,
  hipErrorLaunchFailure = 719,
  hipErrorNotSupported = 801,
  hipErrorStreamCaptureUnsupported = 900,
  hipErrorStreamCaptureInvalidated = 901,
  hipErrorStreamCaptureMerge = 902,
  hipErrorStreamCaptureUnmatched = 903,
  hipErrorStreamCaptureUnjoined = 904,
  hipErrorStreamCaptureIsolation = 905,
  hipErrorStreamCaptureImplicit = 906,
  hipErrorCapturedEvent = 907,
  hipErrorStreamCaptureWrongThread = 908,
  hipErrorGraphExecUpdateFailure = 910,
  hipErrorUnknown = 999
} hipError_t;

typedef enum hiprtcResult {
  HIPRTC_SUCCESS = 0,
  HIPRTC_ERROR_OUT_OF_MEMORY = 1,
  HIPRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
  HIPRTC_ERROR_INVALID_INPUT = 3,
  HIPRTC_ERROR_INVALID_PROGRAM = 4,
  HIPRTC_ERROR_INVALID_OPTION = 5,
  HIPRTC_ERROR_COMPILATION = 6,
  HIPRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7,
  HIPRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION = 8,
  HIPRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION = 9,
  HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID = 10,
  HIPRTC_ERROR_INTERNAL_ERROR = 11
} hiprtcResult;

typedef enum hipMemcpyKind {
  hipMemcpyHostToHost = 0,
  hipMemcpyHostToDevice = 1,
  hipMemcpyDeviceToHost = 2,
  hipMemcpyDeviceToDevice = 3,
  hipMemcpyDefault = 4
} hipMemcpyKind;

typedef enum hipStreamCaptureMode {
  hipStreamCaptureModeGlobal = 0,
  hipStreamCaptureModeThreadLocal = 1,
  hipStreamCaptureModeRelaxed = 2
} hipStreamCaptureMode;

typedef enum hipStreamCaptureStatus {
  hipStreamCaptureStatusNone = 0,
  hipStreamCaptureStatusActive = 1,
  hipStreamCaptureStatusInvalidated = 2
} hipStreamCaptureStatus;

typedef enum hipGraphExecUpdateResult {
  hipGraphExecUpdateSuccess = 0,
  hipGraphExecUpdateError = 1,
  hipGraphExecUpdateErrorTopologyChanged = 2,
  hipGraphExecUpdateErrorNodeTypeChanged = 3,
  hipGraphExecUpdateErrorFunctionChanged = 4,
  hipGraphExecUpdateErrorParametersChanged = 5,
  hipGraphExecUpdateErrorNotSupported = 6,
  hipGraphExecUpdateErrorUnsupportedFunctionChange = 7
} hipGraphExecUpdateResult;

// Of the long list only what the engine asks for.
typedef enum hipDeviceAttribute_t {
  hipDeviceAttributeClockRate = 5,
  hipDeviceAttributeIntegrated = 16,
  hipDeviceAttributeL2CacheSize = 19,
  hipDeviceAttributeComputeCapabilityMajor = 23,
  hipDeviceAttributeMaxThreadsPerBlock = 56,
  hipDeviceAttributeMaxThreadsPerMultiProcessor = 57,
  hipDeviceAttributeMemoryBusWidth = 59,
  hipDeviceAttributeMemoryClockRate = 60,
  hipDeviceAttributeComputeCapabilityMinor = 61,
  hipDeviceAttributeMultiprocessorCount = 63,
  hipDeviceAttributePciBusId = 67,
  hipDeviceAttributePciDeviceId = 68,
  hipDeviceAttributePciDomainID = 69,
  hipDeviceAttributeMaxSharedMemoryPerBlock = 74,
  hipDeviceAttributeWarpSize = 87
} hipDeviceAttribute_t;

typedef enum hipFunction_attribute {
  HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0,
  HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
  HIP_FUNC_ATTRIBUTE_NUM_REGS = 4
} hipFunction_attribute;

enum {
  hipStreamDefault = 0,
  hipStreamNonBlocking = 1,
  hipEventDefault = 0,
  hipEventDisableTiming = 2,
  hipHostMallocDefault = 0
};

typedef struct ihipStream_t* hipStream_t;
typedef struct ihipEvent_t* hipEvent_t;
typedef struct ihipModule_t* hipModule_t;
typedef struct ihipModuleSymbol_t* hipFunction_t;
typedef struct ihipGraph* hipGraph_t;
typedef struct hipGraphExec* hipGraphExec_t;
typedef struct hipGraphNode* hipGraphNode_t;
typedef struct _hiprtcProgram* hiprtcProgram;

// ROCm 5: what hipGetDeviceProperties fills.
typedef struct hipDeviceProp_t {
  char name[256];
  size_t totalGlobalMem;
  size_t sharedMemPerBlock;
  int regsPerBlock;
  int warpSize;
  int maxThreadsPerBlock;
  int maxThreadsDim[3];
  int maxGridSize[3];
  int clockRate;
  int memoryClockRate;
  int memoryBusWidth;
  size_t totalConstMem;
  int major;
  int minor;
  int multiProcessorCount;
  int l2CacheSize;
  int maxThreadsPerMultiProcessor;
  int computeMode;
  int clockInstructionRate;
  unsigned arch;
  int concurrentKernels;
  int pciDomainID;
  int pciBusID;
  int pciDeviceID;
  size_t maxSharedMemoryPerMultiProcessor;
  int isMultiGpuBoard;
  int canMapHostMemory;
  int gcnArch;
  char gcnArchName[256];
  int integrated;
  int cooperativeLaunch;
  int cooperativeMultiDeviceLaunch;
  int maxTexture1DLinear;
  int maxTexture1D;
  int maxTexture2D[2];
  int maxTexture3D[3];
  unsigned* hdpMemFlushCntl;
  unsigned* hdpRegFlushCntl;
  size_t memPitch;
  size_t textureAlignment;
  size_t texturePitchAlignment;
  int kernelExecTimeoutEnabled;
  int ECCEnabled;
  int tccDriver;
  int cooperativeMultiDeviceUnmatchedFunc;
  int cooperativeMultiDeviceUnmatchedGridDim;
  int cooperativeMultiDeviceUnmatchedBlockDim;
  int cooperativeMultiDeviceUnmatchedSharedMem;
  int isLargeBar;
  int asicRevision;
  int managedMemory;
  int directManagedMemAccessFromHost;
  int concurrentManagedAccess;
  int pageableMemoryAccess;
  int pageableMemoryAccessUsesHostPageTables;
} hipDeviceProp_t;

// ROCm 6 and later: what hipGetDevicePropertiesR0600 fills.
typedef struct hipDeviceProp_tR0600 {
  char name[256];
  char uuid[16];
  char luid[8];
  unsigned luidDeviceNodeMask;
  size_t totalGlobalMem;
  size_t sharedMemPerBlock;
  int regsPerBlock;
  int warpSize;
  size_t memPitch;
  int maxThreadsPerBlock;
  int maxThreadsDim[3];
  int maxGridSize[3];
  int clockRate;
  size_t totalConstMem;
  int major;
  int minor;
  size_t textureAlignment;
  size_t texturePitchAlignment;
  int deviceOverlap;
  int multiProcessorCount;
  int kernelExecTimeoutEnabled;
  int integrated;
  int canMapHostMemory;
  int computeMode;
  int maxTexture1D;
  int maxTexture1DMipmap;
  int maxTexture1DLinear;
  int maxTexture2D[2];
  int maxTexture2DMipmap[2];
  int maxTexture2DLinear[3];
  int maxTexture2DGather[2];
  int maxTexture3D[3];
  int maxTexture3DAlt[3];
  int maxTextureCubemap;
  int maxTexture1DLayered[2];
  int maxTexture2DLayered[3];
  int maxTextureCubemapLayered[2];
  int maxSurface1D;
  int maxSurface2D[2];
  int maxSurface3D[3];
  int maxSurface1DLayered[2];
  int maxSurface2DLayered[3];
  int maxSurfaceCubemap;
  int maxSurfaceCubemapLayered[2];
  size_t surfaceAlignment;
  int concurrentKernels;
  int ECCEnabled;
  int pciBusID;
  int pciDeviceID;
  int pciDomainID;
  int tccDriver;
  int asyncEngineCount;
  int unifiedAddressing;
  int memoryClockRate;
  int memoryBusWidth;
  int l2CacheSize;
  int persistingL2CacheMaxSize;
  int maxThreadsPerMultiProcessor;
  int streamPrioritiesSupported;
  int globalL1CacheSupported;
  int localL1CacheSupported;
  size_t sharedMemPerMultiprocessor;
  int regsPerMultiprocessor;
  int managedMemory;
  int isMultiGpuBoard;
  int multiGpuBoardGroupID;
  int hostNativeAtomicSupported;
  int singleToDoublePrecisionPerfRatio;
  int pageableMemoryAccess;
  int concurrentManagedAccess;
  int computePreemptionSupported;
  int canUseHostPointerForRegisteredMem;
  int cooperativeLaunch;
  int cooperativeMultiDeviceLaunch;
  size_t sharedMemPerBlockOptin;
  int pageableMemoryAccessUsesHostPageTables;
  int directManagedMemAccessFromHost;
  int maxBlocksPerMultiProcessor;
  int accessPolicyMaxWindowSize;
  size_t reservedSharedMemPerBlock;
  int hostRegisterSupported;
  int sparseHipArraySupported;
  int hostRegisterReadOnlySupported;
  int timelineSemaphoreInteropSupported;
  int memoryPoolsSupported;
  int gpuDirectRDMASupported;
  unsigned gpuDirectRDMAFlushWritesOptions;
  int gpuDirectRDMAWritesOrdering;
  unsigned memoryPoolSupportedHandleTypes;
  int deferredMappingHipArraySupported;
  int ipcEventSupported;
  int clusterLaunch;
  int unifiedFunctionPointers;
  int reserved[63];
  int hipReserved[32];
  char gcnArchName[256];
  size_t maxSharedMemoryPerMultiProcessor;
  int clockInstructionRate;
  unsigned arch;
  unsigned* hdpMemFlushCntl;
  unsigned* hdpRegFlushCntl;
  int cooperativeMultiDeviceUnmatchedFunc;
  int cooperativeMultiDeviceUnmatchedGridDim;
  int cooperativeMultiDeviceUnmatchedBlockDim;
  int cooperativeMultiDeviceUnmatchedSharedMem;
  int isLargeBar;
  int asicRevision;
} hipDeviceProp_tR0600;

// Device
RF_API hipError_t hipInit(unsigned int flags);
RF_API hipError_t hipDriverGetVersion(int* version);
RF_API hipError_t hipRuntimeGetVersion(int* version);
RF_API hipError_t hipGetDeviceCount(int* count);
RF_API hipError_t hipSetDevice(int device);
RF_API hipError_t hipGetDevice(int* device);
RF_API hipError_t hipGetDeviceProperties(hipDeviceProp_t* properties, int device);
RF_API hipError_t hipGetDevicePropertiesR0600(hipDeviceProp_tR0600* properties, int device);
RF_API hipError_t hipDeviceGetAttribute(int* value, hipDeviceAttribute_t attribute, int device);
RF_API hipError_t hipDeviceSynchronize(void);
RF_API hipError_t hipDeviceReset(void);
RF_API const char* hipGetErrorName(hipError_t error);
RF_API const char* hipGetErrorString(hipError_t error);
RF_API hipError_t hipGetLastError(void);

// Memory; sizes in bytes
RF_API hipError_t hipMemGetInfo(size_t* free, size_t* total);
RF_API hipError_t hipMalloc(void** pointer, size_t size);
RF_API hipError_t hipFree(void* pointer);
RF_API hipError_t hipMallocAsync(void** pointer, size_t size, hipStream_t stream);
RF_API hipError_t hipFreeAsync(void* pointer, hipStream_t stream);
RF_API hipError_t hipHostMalloc(void** pointer, size_t size, unsigned int flags);
RF_API hipError_t hipHostFree(void* pointer);
RF_API hipError_t hipMemcpy(void* target, const void* source, size_t size, hipMemcpyKind kind);
RF_API hipError_t hipMemcpyAsync(void* target, const void* source, size_t size, hipMemcpyKind kind, hipStream_t stream);
RF_API hipError_t hipMemset(void* target, int value, size_t size);
RF_API hipError_t hipMemsetAsync(void* target, int value, size_t size, hipStream_t stream);

// Streams, capture, events; times in milliseconds
RF_API hipError_t hipStreamCreateWithFlags(hipStream_t* stream, unsigned int flags);
RF_API hipError_t hipStreamDestroy(hipStream_t stream);
RF_API hipError_t hipStreamSynchronize(hipStream_t stream);
RF_API hipError_t hipStreamQuery(hipStream_t stream);
RF_API hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags);
RF_API hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode);
RF_API hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t* graph);
RF_API hipError_t hipStreamGetCaptureInfo(hipStream_t stream, hipStreamCaptureStatus* status, unsigned long long* id);
RF_API hipError_t hipEventCreateWithFlags(hipEvent_t* event, unsigned int flags);
RF_API hipError_t hipEventDestroy(hipEvent_t event);
RF_API hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream);
RF_API hipError_t hipEventSynchronize(hipEvent_t event);
RF_API hipError_t hipEventQuery(hipEvent_t event);
RF_API hipError_t hipEventElapsedTime(float* milliseconds, hipEvent_t start, hipEvent_t stop);

// Modules and launch
RF_API hipError_t hipModuleLoadData(hipModule_t* module, const void* image);
RF_API hipError_t hipModuleUnload(hipModule_t module);
RF_API hipError_t hipModuleGetFunction(hipFunction_t* function, hipModule_t module, const char* name);
RF_API hipError_t hipFuncGetAttribute(int* value, hipFunction_attribute attribute, hipFunction_t function);
RF_API hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned int gridX, unsigned int gridY,
                                        unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                                        unsigned int blockZ, unsigned int sharedBytes, hipStream_t stream,
                                        void** kernelParams, void** extra);

// Graphs
RF_API hipError_t hipGraphInstantiate(hipGraphExec_t* exec, hipGraph_t graph, hipGraphNode_t* errorNode, char* log,
                                      size_t logSize);
RF_API hipError_t hipGraphLaunch(hipGraphExec_t exec, hipStream_t stream);
RF_API hipError_t hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t* errorNode,
                                     hipGraphExecUpdateResult* result);
RF_API hipError_t hipGraphExecDestroy(hipGraphExec_t exec);
RF_API hipError_t hipGraphDestroy(hipGraph_t graph);
RF_API hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t* nodes, size_t* count);

// Run-time compilation
RF_API hiprtcResult hiprtcVersion(int* major, int* minor);
RF_API hiprtcResult hiprtcCreateProgram(hiprtcProgram* program, const char* source, const char* name, int headerCount,
                                        const char** headers, const char** includeNames);
RF_API hiprtcResult hiprtcDestroyProgram(hiprtcProgram* program);
RF_API hiprtcResult hiprtcCompileProgram(hiprtcProgram program, int optionCount, const char** options);
RF_API hiprtcResult hiprtcGetProgramLogSize(hiprtcProgram program, size_t* size);
RF_API hiprtcResult hiprtcGetProgramLog(hiprtcProgram program, char* log);
RF_API hiprtcResult hiprtcGetCodeSize(hiprtcProgram program, size_t* size);
RF_API hiprtcResult hiprtcGetCode(hiprtcProgram program, char* code);
RF_API hiprtcResult hiprtcAddNameExpression(hiprtcProgram program, const char* expression);
RF_API hiprtcResult hiprtcGetLoweredName(hiprtcProgram program, const char* expression, const char** name);
RF_API const char* hiprtcGetErrorString(hiprtcResult result);

// Only the stand-ins export these; AMD's library has none of them, and the engine asks for them by name at run time.
// Details of the calling thread's last error, for example which allocation and offset; never null.
RF_API const char* rocmforgeErrorDetail(void);
// Sets faults (see kernels/runtimes/README.md) and starts the call counts anew; null or "" clears. 0, or -1 if malformed.
RF_API int rocmforgeSetFaults(const char* faults);
// Sets an environment variable ROCMFORGE_EMULATION_* or HIP_VISIBLE_DEVICES and reads the settings anew, for tests that
// need several machines in one process. 0, or -1 while allocations are alive. The nvidia runtime answers -1.
// ROCMFORGE_EMULATION_ORDER, rising or falling, may change at any time between launches.
RF_API int rocmforgeConfigure(const char* name, const char* value);
// Calls of every HIP function since the faults were last set.
RF_API unsigned long long rocmforgeCallCount(void);
// Live device and pinned allocations, and their bytes.
RF_API void rocmforgeLiveAllocations(size_t* count, size_t* bytes);

#endif
