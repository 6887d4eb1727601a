// The run-time compiler: kernels through the host's C++ compiler into shared objects, kept in a cache on disk.
#pragma once
#include <string>
#include <vector>

#include "settings.h"

namespace rocmforge {

struct SourceFile {
  std::string name;
  std::string text;
};

struct Compilation {
  bool done = false;
  std::string log;
  std::string code;                  // a CodeObject and its bytes
  std::vector<std::string> kernels;  // names found
};

// `options` as hiprtc takes them: -D, -U, -I, -O, -std=, -f, -W, -m[no-]wavefrontsize64, --offload-arch=. Others are errors.
// Needs no lock: several threads and processes may compile at once, also the same source. Each works in a folder of its own and
// moves what it made into the cache in one step; who comes second replaces it with the same.
Compilation compile(const SourceFile& source, const std::vector<SourceFile>& headers, const std::vector<std::string>& options,
                    const std::string& deviceArchitecture, const Settings& settings);

}  // namespace rocmforge
