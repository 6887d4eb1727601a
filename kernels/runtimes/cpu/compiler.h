// The run-time compiler: kernels through the host's C++ compiler into shared objects, kept in a cache on disk.
#pragma once
#include <string>
#include <vector>

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
Compilation compile(const SourceFile& source, const std::vector<SourceFile>& headers, const std::vector<std::string>& options,
                    const std::string& deviceArchitecture);

}  // namespace rocmforge
