// Runs a launch: blocks over worker threads, with faults in kernels turned into errors and a time limit.
#pragma once
#include <string>

#include "../hip_abi.h"
#include "block.h"

namespace rocmforge {

// Returns hipSuccess, or the error and what happened.
hipError_t launch(const LaunchWork& work, std::string* what);

}  // namespace rocmforge
