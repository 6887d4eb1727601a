#include "settings.h"

#include <cstdlib>
#include <sstream>
#include <thread>

namespace rocmforge {
namespace {

std::string text(const char* name, const std::string& otherwise) {
  const char* value = getenv(name);
  return value == nullptr || *value == 0 ? otherwise : value;
}

std::vector<std::string> parts(const std::string& list) {
  std::vector<std::string> result;
  std::stringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) result.push_back(part);
  if (result.empty()) result.emplace_back();
  return result;
}

uint64_t bytes(const std::string& value) {
  char* end = nullptr;
  uint64_t number = strtoull(value.c_str(), &end, 10);
  switch (*end) {
    case 'G': return number << 30;
    case 'M': return number << 20;
    case 'K': return number << 10;
    default: return number;
  }
}

// A list shorter than the number of devices repeats its last entry.
const std::string& entry(const std::vector<std::string>& list, size_t i) { return list[i < list.size() ? i : list.size() - 1]; }

std::vector<DeviceSettings> readDevices() {
  const auto architectures = parts(text("ROCMFORGE_EMULATION_ARCH", "gfx1100"));
  const auto names = parts(text("ROCMFORGE_EMULATION_NAME", "rocmforge CPU emulation"));
  const auto memory = parts(text("ROCMFORGE_EMULATION_VRAM", "8G"));
  const auto waves = parts(text("ROCMFORGE_EMULATION_WAVE", "32"));
  const auto units = parts(text("ROCMFORGE_EMULATION_CUS", "16"));
  const auto count = static_cast<size_t>(atoi(text("ROCMFORGE_EMULATION_DEVICES", "1").c_str()));
  std::vector<DeviceSettings> all;
  for (size_t i = 0; i < count; i++) {
    all.push_back({entry(names, i), entry(architectures, i), bytes(entry(memory, i)), atoi(entry(waves, i).c_str()),
                   atoi(entry(units, i).c_str())});
  }
  const char* visible = getenv("HIP_VISIBLE_DEVICES");
  if (visible == nullptr) return all;
  std::vector<DeviceSettings> chosen;
  for (const std::string& part : parts(visible)) {
    char* end = nullptr;
    const long index = strtol(part.c_str(), &end, 10);
    if (end == part.c_str() || *end != 0 || index < 0 || static_cast<size_t>(index) >= count) break;  // as AMD: the rest is hidden
    chosen.push_back(all[static_cast<size_t>(index)]);
  }
  return chosen;
}

Settings read() {
  Settings settings;
  settings.devices = readDevices();
  const unsigned cores = std::thread::hardware_concurrency();
  settings.threads = static_cast<unsigned>(atoi(text("ROCMFORGE_EMULATION_THREADS", std::to_string(cores > 0 ? cores : 1)).c_str()));
  settings.poison = text("ROCMFORGE_EMULATION_POISON", "1") != "0";
  settings.checkAlignment = text("ROCMFORGE_EMULATION_ALIGNMENT", "1") != "0";
  settings.timeoutMillis = static_cast<unsigned>(atoi(text("ROCMFORGE_EMULATION_TIMEOUT_MS", "60000").c_str()));
  settings.compiler = text("ROCMFORGE_EMULATION_CXX", "c++");
  const std::string home = text("XDG_CACHE_HOME", text("HOME", "/tmp") + "/.cache");
  settings.cacheFolder = text("ROCMFORGE_CACHE", home + "/rocmforge") + "/emulation";
  return settings;
}

Settings& current() {
  static Settings settings = read();
  return settings;
}

}  // namespace

const Settings& Settings::get() { return current(); }

void Settings::readAgain() { current() = read(); }

}  // namespace rocmforge
