#include "state.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>
#include <vector>

#include "../error_names.h"
#include "block.h"
#include "memory.h"
#include "settings.h"

namespace rocmforge {
namespace {

struct Fault {
  std::string function;            // or * for every function
  unsigned long long call = 0;     // the n-th call since the faults were set; 0: any call
  size_t fromBytes = 0;            // only requests of at least this many bytes; 0: no such condition
  int code = 0;
  unsigned hangMillis = 0;         // wait, then answer hipErrorLaunchTimeOut
  bool losesContext = false;       // as a fault in a kernel: every later call but cleanup fails, until hipDeviceReset
};

std::vector<Fault> faults;
std::map<std::string, unsigned long long> calls;
unsigned long long allCalls = 0;
hipError_t broken = hipSuccess;
std::string brokenDetail;
thread_local hipError_t lastError = hipSuccess;
thread_local std::string detail;
thread_local int device = 0;

bool parseFault(const std::string& text, Fault& fault) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return false;
  std::string left = text.substr(0, equals);
  const std::string right = text.substr(equals + 1);
  char* end = nullptr;
  if (const size_t sign = left.find('>'); sign != std::string::npos) {
    fault.fromBytes = strtoull(left.c_str() + sign + 1, &end, 10);
    if (*end != 0) return false;
    left.resize(sign);
  } else if (const size_t colon = left.find(':'); colon != std::string::npos) {
    fault.call = strtoull(left.c_str() + colon + 1, &end, 10);
    if (*end != 0 || fault.call == 0) return false;
    left.resize(colon);
  }
  fault.function = left;
  if (right.rfind("hang", 0) == 0) {
    fault.code = hipErrorLaunchTimeOut;
    fault.hangMillis = right.size() > 5 ? static_cast<unsigned>(atoi(right.c_str() + 5)) : 1000;
    return true;
  }
  fault.code = static_cast<int>(strtol(right.c_str(), &end, 10));
  if (*end == '!') {
    fault.losesContext = true;
    end++;
  }
  return *end == 0 && fault.code > 0 && !left.empty();
}

bool setFaults(const char* text) {
  std::vector<Fault> parsed;
  std::stringstream stream(text == nullptr ? "" : text);
  for (std::string part; std::getline(stream, part, ';');) {
    Fault fault;
    if (part.empty()) continue;
    if (!parseFault(part, fault)) return false;
    parsed.push_back(fault);
  }
  faults = parsed;
  calls.clear();
  allCalls = 0;
  return true;
}

void readEnvironmentOnce() {
  static const bool done = [] {
    const char* text = getenv("ROCMFORGE_EMULATION_FAULTS");
    if (text != nullptr && !setFaults(text)) {
      fprintf(stderr, "ROCMFORGE_EMULATION_FAULTS: not understood: %s\n", text);
      abort();  // a mistyped fault must not look like a run without faults
    }
    return true;
  }();
  (void)done;
}

hipError_t countAndInject(const char* function, size_t bytes) {
  readEnvironmentOnce();
  allCalls++;
  const unsigned long long call = ++calls[function];
  for (const Fault& fault : faults) {
    const bool any = fault.function == "*";
    if (!any && fault.function != function) continue;
    if (fault.fromBytes > 0 && bytes < fault.fromBytes) continue;
    if (fault.call > 0 && fault.call != (any ? allCalls : call)) continue;
    if (fault.hangMillis > 0) usleep(fault.hangMillis * 1000);
    const std::string text = "injected into call " + std::to_string(call) + " of " + function;
    if (fault.losesContext) breakContext(static_cast<hipError_t>(fault.code), text);
    return failed(static_cast<hipError_t>(fault.code), text);
  }
  return hipSuccess;
}

}  // namespace

std::recursive_mutex& lock() {
  static std::recursive_mutex mutex;
  return mutex;
}

hipError_t enter(const char* function, size_t bytes) {
  if (const hipError_t fault = countAndInject(function, bytes); fault != hipSuccess) return fault;
  return broken == hipSuccess ? hipSuccess : failed(broken, "context lost earlier: " + brokenDetail);
}

hipError_t enterCleanup(const char* function) { return countAndInject(function, 0); }

hipError_t failed(hipError_t code, std::string text) {
  lastError = code;
  detail = std::move(text);
  return code;
}

const std::string& errorDetail() { return detail; }
void setErrorDetail(std::string text) { detail = std::move(text); }

hipError_t takeLastError() {
  const hipError_t code = lastError;
  lastError = hipSuccess;
  return code;
}

void breakContext(hipError_t code, const std::string& text) {
  broken = code;
  brokenDetail = text;
}
void mendContext() { broken = hipSuccess; }

int currentDevice() { return device; }
void setCurrentDevice(int index) { device = index; }

}  // namespace rocmforge

using namespace rocmforge;

const char* rocmforgeErrorDetail(void) { return errorDetail().c_str(); }

int rocmforgeSetFaults(const char* text) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  return setFaults(text) ? 0 : -1;
}

int rocmforgeConfigure(const char* name, const char* value) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  // Read at every launch and by no other thread, so it may change at any time.
  if (name != nullptr && value != nullptr && strcmp(name, "ROCMFORGE_EMULATION_ORDER") == 0) {
    const bool falling = strcmp(value, "falling") == 0;
    if (!falling && strcmp(value, "rising") != 0) return -1;
    fallingOrder.store(falling);
    return 0;
  }
  size_t count, bytes;
  liveAllocations(&count, &bytes);
  if (count > 0 || name == nullptr || value == nullptr || setenv(name, value, 1) != 0) return -1;
  Settings::readAgain();
  return 0;
}

unsigned long long rocmforgeCallCount(void) {
  const std::lock_guard<std::recursive_mutex> guard(lock());
  return allCalls;
}

const char* hipGetErrorName(hipError_t error) { return rocmforge::errorName(error); }
const char* hipGetErrorString(hipError_t error) { return rocmforge::errorText(error); }
