// Runs a child process to its end.
#pragma once
#include <string>
#include <vector>

namespace rocmforge {

struct ProcessResult {
  int status;          // exit status; 128 + signal when killed; -1 when it could not be started
  std::string output;  // standard output and error together
};

ProcessResult runProcess(const std::vector<std::string>& arguments);

}  // namespace rocmforge
