// Runs the blocks of one launch on the calling worker thread: threads of a block as fibers, scheduled wave by wave.
//
// A fiber runs thread after thread of a wave until one must wait (barrier or shuffle); only then another fiber goes on.
// So kernels without waits are plain loops. A wave runs until all its live lanes wait at a barrier or have ended; then the
// next wave runs; when all waves have stopped, the barrier opens. Lanes that have ended count as inactive, as on a device.
//
// Blocks, waves and lanes go in rising order, or all three in falling order: results that differ show a race. In falling
// order a block that reads what other blocks left for it, which shows by a fence behind an atomic operation, is late as well:
// at its next wave operation or barrier it stops until the blocks not yet begun have ended. A block that reads before all have
// written then overwrites with what it read too early.
#pragma once
#include <atomic>
#include <csetjmp>
#include <cstdint>
#include <string>
#include <vector>

#include "emulation_abi.h"
#include "fiber.h"

namespace rocmforge {

struct LaunchShape {
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t sharedBytes;
  uint64_t blocks() const { return static_cast<uint64_t>(grid[0]) * grid[1] * grid[2]; }
  uint32_t threads() const { return block[0] * block[1] * block[2]; }
};

struct LaunchWork {
  const RfKernelEntry* entry;
  void* const* arguments;
  LaunchShape shape;
};

// The order of the next launches; at first ROCMFORGE_EMULATION_ORDER, rising or falling.
extern std::atomic<bool> fallingOrder;

// The launcher's: the calling thread runs blocks of the present launch from here on, or no more, and the time limit reaches it.
void enterLaunch();
void leaveLaunch();

class BlockRunner {
 public:
  static BlockRunner& ofThisThread();
  BlockRunner() = default;
  ~BlockRunner();
  BlockRunner(const BlockRunner&) = delete;
  BlockRunner& operator=(const BlockRunner&) = delete;

  // Takes block numbers from `take` (returning false at the end) until done; returns what went wrong, empty if nothing.
  std::string run(const LaunchWork& work, bool (*take)(void*, uint64_t*), void* context);

  // Called by the running kernel.
  bool nextThread();
  void barrier(uint32_t line);
  uint32_t shuffle(uint32_t value, uint32_t source, uint32_t line);
  float reduce(float value, bool maximum, uint32_t line);
  void fence() { late_ = late_ || (falling_ && atomic_); }
  void atomic() { atomic_ = true; }

  // Called by the signal handler: true while kernel code runs on this thread; leave() does not return then.
  static bool inKernel();
  [[noreturn]] static void leave(const char* why, const void* address);

 private:
  enum class Kind : uint8_t { Shuffle, Sum, Maximum };
  struct Wait {
    uint32_t value;  // deposited, then the result
    uint32_t source;
    uint32_t line;
    Kind kind;
  };
  struct Wave {
    uint64_t unstarted, ready, atCollective, atBarrier;
    uint32_t first;  // thread number of lane 0
  };

  void prepare(const LaunchWork& work);
  void runBlock(uint64_t number);
  void openBarrier();
  void letOthersGo();
  void wait();             // continues something else until the running lane may go on
  bool chooseNext();       // next lane of the wave into current_, starting or resuming; false: the wave must stop
  void resolve(Wave& wave);
  void resolveReduction(Wave& wave, uint64_t group, Kind kind, uint32_t line);
  void setCurrent(uint32_t thread);
  [[noreturn]] void fail(std::string what);
  static void fiberMain();

  uint32_t first(uint64_t lanes) const;  // the one to go on, of at least one

  const LaunchWork* work_ = nullptr;
  bool (*take_)(void*, uint64_t*) = nullptr;
  void* context_ = nullptr;
  bool falling_ = false;
  bool atomic_ = false;  // the block has done an atomic operation
  bool late_ = false;    // and a fence behind it
  unsigned depth_ = 0;   // blocks that wait for this runner's
  std::vector<Fiber*> fibers_, free_;
  std::vector<Fiber*> fiberOf_;
  std::vector<Wait> waits_;
  std::vector<uint32_t> barrierLine_;
  std::vector<Wave> waves_;
  std::vector<char> shared_;
  Fiber home_;
  Fiber* running_ = nullptr;
  uint32_t current_ = 0;
  uint32_t waveIndex_ = 0;
  std::string error_;
  sigjmp_buf escape_;
  const char* signalWhy_ = nullptr;
  const void* signalAddress_ = nullptr;
};

}  // namespace rocmforge
