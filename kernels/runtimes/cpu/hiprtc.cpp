// The hiprtc entry points.
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "compiler.h"
#include "settings.h"
#include "state.h"

struct _hiprtcProgram {
  rocmforge::SourceFile source;
  std::vector<rocmforge::SourceFile> headers;
  rocmforge::Compilation result;
  bool compiled = false;
  std::map<std::string, std::string> names;
};

using namespace rocmforge;

namespace {

std::set<hiprtcProgram> programs;

// Faults for hiprtc functions give hiprtc's codes.
hiprtcResult enterCompiler(const char* function) { return static_cast<hiprtcResult>(enterCleanup(function)); }

}  // namespace

#define RF_ENTER_COMPILER(function)                          \
  const std::lock_guard<std::recursive_mutex> guard(lock()); \
  if (const hiprtcResult fault = enterCompiler(#function); fault != HIPRTC_SUCCESS) return fault

hiprtcResult hiprtcVersion(int* major, int* minor) {
  RF_ENTER_COMPILER(hiprtcVersion);
  if (major == nullptr || minor == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  *major = 0;
  *minor = 1;
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcCreateProgram(hiprtcProgram* program, const char* source, const char* name, int headerCount,
                                 const char** headers, const char** includeNames) {
  RF_ENTER_COMPILER(hiprtcCreateProgram);
  if (program == nullptr || source == nullptr || headerCount < 0) return HIPRTC_ERROR_INVALID_INPUT;
  if (headerCount > 0 && (headers == nullptr || includeNames == nullptr)) return HIPRTC_ERROR_INVALID_INPUT;
  auto created = std::make_unique<_hiprtcProgram>();
  created->source = {name == nullptr ? "program" : name, source};
  for (int i = 0; i < headerCount; i++) created->headers.push_back({includeNames[i], headers[i]});
  *program = created.release();
  programs.insert(*program);
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcDestroyProgram(hiprtcProgram* program) {
  RF_ENTER_COMPILER(hiprtcDestroyProgram);
  if (program == nullptr || programs.erase(*program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  delete *program;
  *program = nullptr;
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcCompileProgram(hiprtcProgram program, int optionCount, const char** options) {
  std::unique_lock<std::recursive_mutex> guard(lock());
  if (const hiprtcResult fault = enterCompiler("hiprtcCompileProgram"); fault != HIPRTC_SUCCESS) return fault;
  if (programs.count(program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (optionCount < 0 || (optionCount > 0 && options == nullptr)) return HIPRTC_ERROR_INVALID_INPUT;
  const Settings settings = Settings::get();
  const size_t device = static_cast<size_t>(currentDevice());
  const std::string architecture = device < settings.devices.size() ? settings.devices[device].architecture : "gfx1100";
  const _hiprtcProgram job = *program;
  // The C++ compiler runs without the lock, so that other threads compile and launch meanwhile.
  guard.unlock();
  Compilation result = compile(job.source, job.headers, {options, options + optionCount}, architecture, settings);
  guard.lock();
  if (programs.count(program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  program->result = std::move(result);
  program->compiled = true;
  return program->result.done ? HIPRTC_SUCCESS : HIPRTC_ERROR_COMPILATION;
}

hiprtcResult hiprtcGetProgramLogSize(hiprtcProgram program, size_t* size) {
  RF_ENTER_COMPILER(hiprtcGetProgramLogSize);
  if (programs.count(program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (size == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  *size = program->result.log.size() + 1;
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcGetProgramLog(hiprtcProgram program, char* log) {
  RF_ENTER_COMPILER(hiprtcGetProgramLog);
  if (programs.count(program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (log == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  memcpy(log, program->result.log.c_str(), program->result.log.size() + 1);
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcGetCodeSize(hiprtcProgram program, size_t* size) {
  RF_ENTER_COMPILER(hiprtcGetCodeSize);
  if (programs.count(program) == 0 || !program->result.done) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (size == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  *size = program->result.code.size();
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcGetCode(hiprtcProgram program, char* code) {
  RF_ENTER_COMPILER(hiprtcGetCode);
  if (programs.count(program) == 0 || !program->result.done) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (code == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  memcpy(code, program->result.code.data(), program->result.code.size());
  return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcAddNameExpression(hiprtcProgram program, const char* expression) {
  RF_ENTER_COMPILER(hiprtcAddNameExpression);
  if (programs.count(program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (expression == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  if (program->compiled) return HIPRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION;
  program->names[expression] = expression;
  return HIPRTC_SUCCESS;
}

// Kernels have C names: the lowered name is the name.
hiprtcResult hiprtcGetLoweredName(hiprtcProgram program, const char* expression, const char** name) {
  RF_ENTER_COMPILER(hiprtcGetLoweredName);
  if (programs.count(program) == 0) return HIPRTC_ERROR_INVALID_PROGRAM;
  if (expression == nullptr || name == nullptr) return HIPRTC_ERROR_INVALID_INPUT;
  if (!program->compiled) return HIPRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION;
  const auto found = program->names.find(expression);
  if (found == program->names.end()) return HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID;
  *name = found->second.c_str();
  return HIPRTC_SUCCESS;
}

const char* hiprtcGetErrorString(hiprtcResult result) {
  static const char* const names[] = {"HIPRTC_SUCCESS",
                                      "HIPRTC_ERROR_OUT_OF_MEMORY",
                                      "HIPRTC_ERROR_PROGRAM_CREATION_FAILURE",
                                      "HIPRTC_ERROR_INVALID_INPUT",
                                      "HIPRTC_ERROR_INVALID_PROGRAM",
                                      "HIPRTC_ERROR_INVALID_OPTION",
                                      "HIPRTC_ERROR_COMPILATION",
                                      "HIPRTC_ERROR_BUILTIN_OPERATION_FAILURE",
                                      "HIPRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
                                      "HIPRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
                                      "HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
                                      "HIPRTC_ERROR_INTERNAL_ERROR"};
  return result >= 0 && result <= HIPRTC_ERROR_INTERNAL_ERROR ? names[result] : "Unknown error";
}
