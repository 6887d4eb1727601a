// A fiber: a stack and where it stopped. Switching saves only what the calling convention says a call keeps, so it costs
// nanoseconds; no signal mask, no system call. A fiber stays on the thread that created it.
#pragma once
#include <cstddef>

namespace rocmforge {

class Fiber {
 public:
  Fiber() = default;
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Makes the next switch to this fiber call `entry`, which must never return.
  void prepare(void (*entry)());

  // Saves the running context into `from` and continues `to`.
  static void change(Fiber& from, Fiber& to);

 private:
  void* stackPointer_ = nullptr;
  char* stack_ = nullptr;
};

}  // namespace rocmforge
