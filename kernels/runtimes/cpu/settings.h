// The emulated machine, read from the environment (names in kernels/runtimes/README.md).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace rocmforge {

struct DeviceSettings {
  std::string name;
  std::string architecture;  // gcnArchName, with feature suffixes if given so
  uint64_t memoryBytes;
  int wave;
  int multiprocessors;
};

struct Settings {
  std::vector<DeviceSettings> devices;  // already filtered by HIP_VISIBLE_DEVICES
  unsigned threads;
  bool poison;          // fill fresh memory with 0xFF: NaN as float and as half
  bool checkAlignment;  // compile kernels so that a misaligned access ends the launch
  unsigned timeoutMillis;
  std::string compiler;
  std::string cacheFolder;

  static const Settings& get();
  static void readAgain();
};

}  // namespace rocmforge
