// Names and sentences of the error codes of hip_abi.h, for both stand-ins.
#pragma once
#include "hip_abi.h"

namespace rocmforge {

struct ErrorText {
  hipError_t code;
  const char* name;
  const char* text;
};

inline constexpr ErrorText errorTexts[] = {
#define RF_ERROR(code, text) {code, #code, text}
    RF_ERROR(hipSuccess, "no error"),
    RF_ERROR(hipErrorInvalidValue, "invalid argument"),
    RF_ERROR(hipErrorOutOfMemory, "out of memory"),
    RF_ERROR(hipErrorNotInitialized, "initialization error"),
    RF_ERROR(hipErrorDeinitialized, "driver shutting down"),
    RF_ERROR(hipErrorInvalidConfiguration, "invalid configuration argument"),
    RF_ERROR(hipErrorInvalidSymbol, "invalid device symbol"),
    RF_ERROR(hipErrorInvalidDevicePointer, "invalid device pointer"),
    RF_ERROR(hipErrorInvalidMemcpyDirection, "invalid copy direction for memcpy"),
    RF_ERROR(hipErrorInsufficientDriver, "driver version is insufficient for runtime version"),
    RF_ERROR(hipErrorInvalidDeviceFunction, "invalid device function"),
    RF_ERROR(hipErrorNoDevice, "no ROCm-capable device is detected"),
    RF_ERROR(hipErrorInvalidDevice, "invalid device ordinal"),
    RF_ERROR(hipErrorInvalidImage, "device kernel image is invalid"),
    RF_ERROR(hipErrorInvalidContext, "invalid device context"),
    RF_ERROR(hipErrorNoBinaryForGpu, "no kernel image is available for execution on the device"),
    RF_ERROR(hipErrorInvalidKernelFile, "invalid kernel file"),
    RF_ERROR(hipErrorFileNotFound, "file not found"),
    RF_ERROR(hipErrorSharedObjectSymbolNotFound, "shared object symbol not found"),
    RF_ERROR(hipErrorSharedObjectInitFailed, "shared object initialization failed"),
    RF_ERROR(hipErrorOperatingSystem, "operating system call failed"),
    RF_ERROR(hipErrorInvalidHandle, "invalid resource handle"),
    RF_ERROR(hipErrorIllegalState, "the operation cannot be performed in the present state"),
    RF_ERROR(hipErrorNotFound, "named symbol not found"),
    RF_ERROR(hipErrorNotReady, "device not ready"),
    RF_ERROR(hipErrorIllegalAddress, "an illegal memory access was encountered"),
    RF_ERROR(hipErrorLaunchOutOfResources, "too many resources requested for launch"),
    RF_ERROR(hipErrorLaunchTimeOut, "the launch timed out and was terminated"),
    RF_ERROR(hipErrorAssert, "device-side assert triggered"),
    RF_ERROR(hipErrorLaunchFailure, "unspecified launch failure"),
    RF_ERROR(hipErrorNotSupported, "operation not supported"),
    RF_ERROR(hipErrorStreamCaptureUnsupported, "operation not permitted when stream is capturing"),
    RF_ERROR(hipErrorStreamCaptureInvalidated, "operation failed due to a previous error during capture"),
    RF_ERROR(hipErrorStreamCaptureMerge, "operation would result in a merge of separate capture sequences"),
    RF_ERROR(hipErrorStreamCaptureUnmatched, "capture was not ended in the same stream as it began"),
    RF_ERROR(hipErrorStreamCaptureUnjoined, "capturing stream has unjoined work"),
    RF_ERROR(hipErrorStreamCaptureIsolation, "dependency created on uncaptured work in another stream"),
    RF_ERROR(hipErrorStreamCaptureImplicit, "operation would make the legacy stream depend on a capturing stream"),
    RF_ERROR(hipErrorCapturedEvent, "operation not permitted on an event last recorded in a capturing stream"),
    RF_ERROR(hipErrorStreamCaptureWrongThread, "attempt to terminate a thread-local capture sequence from another thread"),
    RF_ERROR(hipErrorGraphExecUpdateFailure, "the graph update was not performed"),
    RF_ERROR(hipErrorUnknown, "unknown error"),
#undef RF_ERROR
};

inline const char* errorName(int code) {
  for (const ErrorText& error : errorTexts)
    if (error.code == code) return error.name;
  return "hipErrorUnknown";
}

inline const char* errorText(int code) {
  for (const ErrorText& error : errorTexts)
    if (error.code == code) return error.text;
  return "unknown error";
}

}  // namespace rocmforge
