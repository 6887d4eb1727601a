// The rest of the runtime is built for a short build; here speed counts.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2")
#endif

#include "block.h"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <thread>

__thread RfEmulation rf_emulation;

namespace rocmforge {

std::atomic<bool> fallingOrder{[] {
  const char* order = getenv("ROCMFORGE_EMULATION_ORDER");
  return order != nullptr && strcmp(order, "falling") == 0;
}()};

namespace {

thread_local BlockRunner* runner = nullptr;
thread_local volatile bool kernelRuns = false;
constexpr uint32_t sharedLimit = 64 * 1024;
constexpr uint32_t sharedGuard = 256;  // bytes behind the dynamic shared memory that must stay as they are
constexpr unsigned char guardByte = 0xC7;

constexpr unsigned mostLate = 2;  // blocks late at the same time

std::string at(uint32_t line) { return " (line " + std::to_string(line) + ")"; }

}  // namespace

BlockRunner& BlockRunner::ofThisThread() {
  if (runner == nullptr) runner = new BlockRunner();  // worker threads live as long as the process
  return *runner;
}

BlockRunner::~BlockRunner() {
  for (const Fiber* fiber : fibers_) delete fiber;
}

bool BlockRunner::inKernel() { return kernelRuns; }

void BlockRunner::leave(const char* why, const void* address) {
  kernelRuns = false;
  runner->signalWhy_ = why;
  runner->signalAddress_ = address;
  siglongjmp(runner->escape_, 1);
}

void BlockRunner::fail(std::string what) {
  error_ = std::move(what);
  kernelRuns = false;
  siglongjmp(escape_, 2);
}

void BlockRunner::fiberMain() {
  for (;;) {
    BlockRunner& self = *runner;
    self.work_->entry->run(self.work_->arguments);
    // No unstarted thread is left in the wave: this fiber is free, somebody else goes on.
    Fiber* mine = self.running_;
    self.free_.push_back(mine);
    if (self.chooseNext()) {
      self.running_ = self.fiberOf_[self.current_];
    } else {
      self.running_ = &self.home_;
    }
    if (self.running_ != mine) Fiber::change(*mine, *self.running_);
  }
}

void BlockRunner::setCurrent(uint32_t thread) {
  current_ = thread;
  const uint32_t* size = work_->shape.block;
  rf_emulation.thread[0] = thread % size[0];
  if (size[1] * size[2] > 1) {
    rf_emulation.thread[1] = thread / size[0] % size[1];
    rf_emulation.thread[2] = thread / size[0] / size[1];
  }
  rf_emulation.lane = thread & (work_->entry->wave - 1);
}

uint32_t BlockRunner::first(uint64_t lanes) const {
  return static_cast<uint32_t>(falling_ ? 63 - std::countl_zero(lanes) : std::countr_zero(lanes));
}

bool BlockRunner::nextThread() {
  Wave& wave = waves_[waveIndex_];
  if (wave.unstarted == 0) return false;
  const uint32_t lane = first(wave.unstarted);
  wave.unstarted &= ~(uint64_t{1} << lane);
  setCurrent(wave.first + lane);
  fiberOf_[current_] = running_;
  return true;
}

bool BlockRunner::chooseNext() {
  Wave& wave = waves_[waveIndex_];
  for (;;) {
    if (wave.unstarted != 0) {
      // A fresh fiber takes the thread itself in nextThread(); name it here so that the switch finds it.
      current_ = wave.first + first(wave.unstarted);
      if (free_.empty()) {
        fibers_.push_back(new Fiber());
        free_.push_back(fibers_.back());
        free_.back()->prepare(&BlockRunner::fiberMain);
      }
      fiberOf_[current_] = free_.back();
      free_.pop_back();
      return true;
    }
    if (wave.ready != 0) {
      const uint32_t lane = first(wave.ready);
      wave.ready &= ~(uint64_t{1} << lane);
      setCurrent(wave.first + lane);
      return true;
    }
    if (wave.atCollective == 0) return false;
    resolve(wave);
  }
}

void BlockRunner::wait() {
  const uint32_t waiting = current_;
  Fiber* mine = running_;
  Fiber* next = chooseNext() ? fiberOf_[current_] : &home_;
  if (next == mine && current_ == waiting) return;
  running_ = next;
  Fiber::change(*mine, *next);
}

void BlockRunner::barrier(uint32_t line) {
  Wave& wave = waves_[waveIndex_];
  barrierLine_[current_] = line;
  wave.atBarrier |= uint64_t{1} << (current_ - wave.first);
  wait();
}

uint32_t BlockRunner::shuffle(uint32_t value, uint32_t source, uint32_t line) {
  Wave& wave = waves_[waveIndex_];
  const uint32_t me = current_;
  waits_[me] = {value, source, line, Kind::Shuffle};
  wave.atCollective |= uint64_t{1} << (me - wave.first);
  wait();
  return waits_[me].value;
}

float BlockRunner::reduce(float value, bool maximum, uint32_t line) {
  Wave& wave = waves_[waveIndex_];
  const uint32_t me = current_;
  waits_[me] = {std::bit_cast<uint32_t>(value), 0, line, maximum ? Kind::Maximum : Kind::Sum};
  wave.atCollective |= uint64_t{1} << (me - wave.first);
  wait();
  return std::bit_cast<float>(waits_[me].value);
}

// The lanes that wait in the earliest line go first: inside a branch or loop they come before those behind it.
void BlockRunner::resolve(Wave& wave) {
  if (late_) letOthersGo();
  Wait* waits = &waits_[wave.first];
  const uint32_t leader = static_cast<uint32_t>(std::countr_zero(wave.atCollective));
  uint32_t line = waits[leader].line;
  Kind kind = waits[leader].kind;
  for (uint64_t rest = wave.atCollective; rest != 0; rest &= rest - 1) {
    const Wait& wait = waits[std::countr_zero(rest)];
    if (wait.line < line) line = wait.line, kind = wait.kind;
  }
  uint64_t group = 0;
  for (uint64_t rest = wave.atCollective; rest != 0; rest &= rest - 1) {
    const int lane = std::countr_zero(rest);
    if (waits[lane].line == line && waits[lane].kind == kind) group |= uint64_t{1} << lane;
  }
  if (kind != Kind::Shuffle) {
    resolveReduction(wave, group, kind, line);
  } else {
    uint32_t results[64];
    for (uint64_t rest = group; rest != 0; rest &= rest - 1) {
      const int lane = std::countr_zero(rest);
      const uint32_t source = waits[lane].source;
      if ((group >> source & 1) == 0)
        fail("shuffle reads an inactive lane: lane " + std::to_string(lane) + " of wave " + std::to_string(waveIndex_) +
             " reads lane " + std::to_string(source) + at(line));
      results[lane] = waits[source].value;
    }
    for (uint64_t rest = group; rest != 0; rest &= rest - 1) {
      const int lane = std::countr_zero(rest);
      waits[lane].value = results[lane];
    }
  }
  wave.atCollective &= ~group;
  wave.ready |= group;
}

void BlockRunner::resolveReduction(Wave& wave, uint64_t group, Kind kind, uint32_t line) {
  const uint32_t width = work_->entry->wave;
  const uint64_t all = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
  if (group != all)
    fail("wave reduction with inactive lanes in wave " + std::to_string(waveIndex_) + ": " +
         std::to_string(std::popcount(group)) + " of " + std::to_string(width) + " lanes take part" + at(line));
  Wait* waits = &waits_[wave.first];
  float values[64];
  for (uint32_t i = 0; i < width; i++) values[i] = std::bit_cast<float>(waits[i].value);
  for (uint32_t half = width / 2; half > 0; half /= 2) {
    for (uint32_t i = 0; i < half; i++)
      values[i] = kind == Kind::Sum ? values[i] + values[i + half] : __builtin_fmaxf(values[i], values[i + half]);
  }
  for (uint32_t i = 0; i < width; i++) waits[i].value = std::bit_cast<uint32_t>(values[0]);
}

void BlockRunner::prepare(const LaunchWork& work) {
  work_ = &work;
  falling_ = fallingOrder.load(std::memory_order_relaxed);
  const uint32_t threads = work.shape.threads();
  fiberOf_.resize(threads);
  waits_.resize(threads + 64);
  barrierLine_.resize(threads);
  waves_.resize((threads + work.entry->wave - 1) / work.entry->wave);
  while (fibers_.size() < threads) {
    fibers_.push_back(new Fiber());
    fibers_.back()->prepare(&BlockRunner::fiberMain);
    free_.push_back(fibers_.back());
  }
  free_.reserve(fibers_.size());
  if (shared_.empty()) shared_.resize(sharedLimit + sharedGuard + 16);
  char* base = shared_.data() + (16 - (reinterpret_cast<uintptr_t>(shared_.data()) & 15)) % 16;
  rf_emulation.dynamicShared = base;
  memset(base + work.shape.sharedBytes, guardByte, sharedGuard - 16);
  for (int i = 0; i < 3; i++) {
    rf_emulation.thread[i] = 0;
    rf_emulation.blockSize[i] = work.shape.block[i];
    rf_emulation.grid[i] = work.shape.grid[i];
  }
}

// Shared variables belong to the thread, so the other blocks need another one.
void BlockRunner::letOthersGo() {
  late_ = atomic_ = false;
  if (depth_ == mostLate) return;
  kernelRuns = false;
  std::string error;
  std::thread others([this, &error] {
    BlockRunner mine;
    runner = &mine;
    mine.depth_ = depth_ + 1;
    enterLaunch();
    error = mine.run(*work_, take_, context_);
    leaveLaunch();
    runner = nullptr;
  });
  others.join();
  kernelRuns = true;
  if (!error.empty()) fail(std::move(error));
}

void BlockRunner::openBarrier() {
  if (late_) letOthersGo();
  int64_t first = -1;
  for (Wave& wave : waves_) {
    for (uint64_t rest = wave.atBarrier; rest != 0; rest &= rest - 1) {
      const uint32_t thread = wave.first + static_cast<uint32_t>(std::countr_zero(rest));
      if (first < 0) first = thread;
      if (barrierLine_[thread] != barrierLine_[first])
        fail("barrier divergence: thread " + std::to_string(first) + " waits" + at(barrierLine_[first]) + ", thread " +
             std::to_string(thread) + at(barrierLine_[thread]));
    }
    wave.ready = wave.atBarrier;
    wave.atBarrier = 0;
  }
}

void BlockRunner::runBlock(uint64_t number) {
  const LaunchShape& shape = work_->shape;
  if (falling_) number = shape.blocks() - 1 - number;
  atomic_ = late_ = false;
  rf_emulation.block[0] = static_cast<uint32_t>(number % shape.grid[0]);
  rf_emulation.block[1] = static_cast<uint32_t>(number / shape.grid[0] % shape.grid[1]);
  rf_emulation.block[2] = static_cast<uint32_t>(number / shape.grid[0] / shape.grid[1]);
  const uint32_t width = work_->entry->wave;
  const uint32_t threads = shape.threads();
  for (uint32_t i = 0; i < waves_.size(); i++) {
    const uint32_t first = i * width;
    const uint32_t lanes = threads - first < width ? threads - first : width;
    waves_[i] = {lanes == 64 ? ~uint64_t{0} : (uint64_t{1} << lanes) - 1, 0, 0, 0, first};
  }
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < waves_.size(); i++) {
      waveIndex_ = falling_ ? static_cast<uint32_t>(waves_.size()) - 1 - i : i;
      if (chooseNext()) {
        running_ = fiberOf_[current_];
        Fiber::change(home_, *running_);
      }
      more |= waves_[waveIndex_].atBarrier != 0;
    }
    if (more) openBarrier();
  }
  const auto* guard = static_cast<const unsigned char*>(rf_emulation.dynamicShared) + shape.sharedBytes;
  for (uint32_t i = 0; i < sharedGuard - 16; i++) {
    if (guard[i] != guardByte)
      fail("write behind the dynamic shared memory: offset " + std::to_string(shape.sharedBytes + i) + " of " +
           std::to_string(shape.sharedBytes) + " bytes");
  }
}

std::string BlockRunner::run(const LaunchWork& work, bool (*take)(void*, uint64_t*), void* context) {
  prepare(work);
  take_ = take;
  context_ = context;
  error_.clear();
  const int escaped = sigsetjmp(escape_, 1);
  if (escaped == 0) {
    uint64_t number;
    while (take(context, &number)) {
      kernelRuns = true;
      runBlock(number);
      kernelRuns = false;
    }
    return {};
  }
  // The block was left in the middle: its fibers start afresh.
  free_.clear();
  for (Fiber* fiber : fibers_) {
    fiber->prepare(&BlockRunner::fiberMain);
    free_.push_back(fiber);
  }
  if (escaped == 2) return error_;
  char text[160];
  snprintf(text, sizeof text, "%s at address %p by thread %u of block (%u, %u, %u)", signalWhy_, signalAddress_, current_,
           rf_emulation.block[0], rf_emulation.block[1], rf_emulation.block[2]);
  return text;
}

}  // namespace rocmforge

#define RF_EXPORT extern "C" __attribute__((visibility("default")))
RF_EXPORT bool rf_emulation_next_thread() { return rocmforge::runner->nextThread(); }
RF_EXPORT void rf_emulation_barrier(uint32_t line) { rocmforge::runner->barrier(line); }
RF_EXPORT void rf_emulation_fence() { rocmforge::runner->fence(); }
RF_EXPORT void rf_emulation_atomic() { rocmforge::runner->atomic(); }
RF_EXPORT uint32_t rf_emulation_shuffle(uint32_t value, uint32_t source, uint32_t line) {
  return rocmforge::runner->shuffle(value, source, line);
}
RF_EXPORT float rf_emulation_reduce(float value, uint32_t maximum, uint32_t line) {
  return rocmforge::runner->reduce(value, maximum != 0, line);
}
