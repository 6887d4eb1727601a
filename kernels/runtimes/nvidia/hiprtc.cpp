// hiprtc over NVRTC. Options that only AMD's compiler knows are translated or left out.
#include <string>
#include <vector>

#include "bridge.h"

using namespace rocmforge;

namespace {

const Nvrtc* nvrtc() { return Nvrtc::get(nullptr); }
hiprtcResult absent() {
  std::string why;
  Nvrtc::get(&why);
  failed(hipErrorNotSupported, why);
  return HIPRTC_ERROR_INTERNAL_ERROR;
}
// The codes up to 11 are the same.
hiprtcResult result(int code) {
  return code >= 0 && code <= HIPRTC_ERROR_INTERNAL_ERROR ? static_cast<hiprtcResult>(code) : HIPRTC_ERROR_INTERNAL_ERROR;
}
CuHandle handle(hiprtcProgram program) { return program; }

bool startsWith(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

std::vector<std::string> translated(int count, const char** options) {
  std::vector<std::string> flags;
  bool architecture = false;
  for (int i = 0; i < count; i++) {
    const std::string option = options[i];
    if (startsWith(option, "--offload-arch=") || startsWith(option, "--gpu-architecture=")) {
      flags.push_back("--gpu-architecture=" + option.substr(option.find('=') + 1));
      architecture = true;
    } else if (startsWith(option, "-O") || startsWith(option, "-m") || startsWith(option, "-W")) {
      continue;  // NVRTC optimizes always
    } else if (option == "-ffast-math") {
      flags.emplace_back("--use_fast_math");
    } else if (option == "-ffp-contract=off") {
      flags.emplace_back("--fmad=false");
    } else if (startsWith(option, "-f")) {
      continue;
    } else {
      flags.push_back(option);
    }
  }
  if (!architecture && deviceCount() > 0) {
    constexpr int major = 75, minor = 76;
    flags.push_back("--gpu-architecture=sm_" + std::to_string(attribute(major, currentDevice())) +
                    std::to_string(attribute(minor, currentDevice())));
  }
  return flags;
}

}  // namespace

hiprtcResult hiprtcVersion(int* major, int* minor) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->version(major, minor));
}
hiprtcResult hiprtcCreateProgram(hiprtcProgram* program, const char* source, const char* name, int headerCount,
                                 const char** headers, const char** includeNames) {
  if (nvrtc() == nullptr) return absent();
  return result(nvrtc()->create(reinterpret_cast<CuHandle*>(program), source, name, headerCount, headers, includeNames));
}
hiprtcResult hiprtcDestroyProgram(hiprtcProgram* program) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->destroy(reinterpret_cast<CuHandle*>(program)));
}
hiprtcResult hiprtcCompileProgram(hiprtcProgram program, int optionCount, const char** options) {
  if (nvrtc() == nullptr) return absent();
  const std::vector<std::string> flags = translated(optionCount, options);
  std::vector<const char*> pointers;
  for (const std::string& flag : flags) pointers.push_back(flag.c_str());
  return result(nvrtc()->compile(handle(program), static_cast<int>(pointers.size()), pointers.data()));
}
hiprtcResult hiprtcGetProgramLogSize(hiprtcProgram program, size_t* size) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->logSize(handle(program), size));
}
hiprtcResult hiprtcGetProgramLog(hiprtcProgram program, char* log) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->log(handle(program), log));
}
hiprtcResult hiprtcGetCodeSize(hiprtcProgram program, size_t* size) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->codeSize(handle(program), size));
}
hiprtcResult hiprtcGetCode(hiprtcProgram program, char* code) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->code(handle(program), code));
}
hiprtcResult hiprtcAddNameExpression(hiprtcProgram program, const char* expression) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->addName(handle(program), expression));
}
hiprtcResult hiprtcGetLoweredName(hiprtcProgram program, const char* expression, const char** name) {
  return nvrtc() == nullptr ? absent() : result(nvrtc()->loweredName(handle(program), expression, name));
}
const char* hiprtcGetErrorString(hiprtcResult code) {
  switch (code) {
    case HIPRTC_SUCCESS: return "HIPRTC_SUCCESS";
    case HIPRTC_ERROR_INVALID_INPUT: return "HIPRTC_ERROR_INVALID_INPUT";
    case HIPRTC_ERROR_INVALID_PROGRAM: return "HIPRTC_ERROR_INVALID_PROGRAM";
    case HIPRTC_ERROR_INVALID_OPTION: return "HIPRTC_ERROR_INVALID_OPTION";
    case HIPRTC_ERROR_COMPILATION: return "HIPRTC_ERROR_COMPILATION";
    case HIPRTC_ERROR_INTERNAL_ERROR: return rocmforgeErrorDetail();
    default: return "NVRTC error";
  }
}
