#include "launcher.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "memory.h"
#include "settings.h"

namespace rocmforge {
namespace {

using Clock = std::chrono::steady_clock;

struct sigaction previous[65];
int timeoutSignal() { return SIGRTMIN + 9; }

// Faults in kernel code end the launch; all others go to who was there before (the JVM uses SIGSEGV for itself).
void onSignal(int signal, siginfo_t* info, void* context) {
  if (BlockRunner::inKernel()) {
    if (signal == SIGSEGV || signal == SIGBUS) BlockRunner::leave("memory access fault", info->si_addr);
    if (signal == SIGILL) BlockRunner::leave("misaligned access", info->si_addr);
    if (signal == SIGFPE) BlockRunner::leave("integer division by zero", info->si_addr);
    if (signal == timeoutSignal()) BlockRunner::leave("time limit passed", nullptr);
  }
  if (signal == timeoutSignal()) return;  // came just after the kernel's end
  const struct sigaction& old = previous[signal];
  if ((old.sa_flags & SA_SIGINFO) != 0) {
    old.sa_sigaction(signal, info, context);
  } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
    old.sa_handler(signal);
  } else {
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    sigaction(signal, &standard, nullptr);
    raise(signal);
  }
}

void installHandlers() {
  static const bool installed = [] {
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, timeoutSignal()}) {
      struct sigaction action = {};
      action.sa_sigaction = onSignal;
      action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
      sigaction(signal, &action, &previous[signal]);
    }
    return true;
  }();
  (void)installed;
}

// The blocks of one launch, handed out by number to whoever asks.
class Pool {
 public:
  static Pool& get() {
    static Pool* pool = new Pool();  // threads outlive static destruction
    return *pool;
  }

  void enter() {
    const std::lock_guard<std::mutex> guard(mutex_);
    running_.push_back(pthread_self());
  }

  void leave() {
    const std::lock_guard<std::mutex> guard(mutex_);
    std::erase_if(running_, [](pthread_t thread) { return pthread_equal(thread, pthread_self()) != 0; });
  }

  std::string run(const LaunchWork& work) {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      work_ = &work;
      next_ = 0;
      blocks_ = work.shape.blocks();
      stop_ = false;
      error_.clear();
      started_ = Clock::now();
      woken_ = workers_.empty();
    }
    watch();
    std::string error = BlockRunner::ofThisThread().run(work, &Pool::takeAsCaller, this);
    std::unique_lock<std::mutex> guard(mutex_);
    if (!error.empty() && error_.empty()) error_ = error;
    stop_ = true;
    idle_.wait(guard, [this] { return busy_ == 0; });
    work_ = nullptr;
    caller_.store({}, std::memory_order_relaxed);
    return error_;
  }

 private:
  Pool() {
    const unsigned threads = Settings::get().threads;
    for (unsigned i = 1; i < threads; i++) workers_.emplace_back([this] { serve(); });
  }

  bool take(uint64_t* number) {
    if (stop_.load(std::memory_order_relaxed)) return false;
    *number = next_.fetch_add(1, std::memory_order_relaxed);
    return *number < blocks_;
  }

  static bool takeAsWorker(void* self, uint64_t* number) { return static_cast<Pool*>(self)->take(number); }

  // Workers are woken only when the launch turns out to be long enough to repay it.
  static bool takeAsCaller(void* self, uint64_t* number) {
    Pool& pool = *static_cast<Pool*>(self);
    if (!pool.woken_ && pool.next_.load(std::memory_order_relaxed) > 0 &&
        Clock::now() - pool.started_ > std::chrono::microseconds(20)) {
      const std::lock_guard<std::mutex> guard(pool.mutex_);
      pool.woken_ = true;
      pool.generation_++;
      pool.wake_.notify_all();
    }
    return pool.take(number);
  }

  void serve() {
    uint64_t seen = 0;
    std::unique_lock<std::mutex> guard(mutex_);
    for (;;) {
      wake_.wait(guard, [&] { return generation_ != seen && work_ != nullptr && !stop_; });
      seen = generation_;
      const LaunchWork& work = *work_;
      busy_++;
      running_.push_back(pthread_self());
      guard.unlock();
      const std::string error = BlockRunner::ofThisThread().run(work, &Pool::takeAsWorker, this);
      guard.lock();
      std::erase_if(running_, [](pthread_t thread) { return pthread_equal(thread, pthread_self()) != 0; });
      if (!error.empty()) {
        stop_ = true;
        if (error_.empty()) error_ = error;
      }
      if (--busy_ == 0) idle_.notify_all();
    }
  }

  // One thread looks ten times a second whether the running launch is over its time, and signals its threads then.
  void watch() {
    caller_.store(pthread_self(), std::memory_order_relaxed);
    if (watcher_.joinable()) {
      watched_.notify_one();
      return;
    }
    watcher_ = std::thread([this] {
      std::unique_lock<std::mutex> guard(mutex_);
      for (;;) {
        if (work_ == nullptr) watched_.wait(guard, [this] { return work_ != nullptr; });
        watched_.wait_for(guard, std::chrono::milliseconds(100), [] { return false; });
        if (work_ == nullptr) continue;
        if (Clock::now() - started_ < std::chrono::milliseconds(Settings::get().timeoutMillis)) continue;
        stop_ = true;
        for (const pthread_t thread : running_) pthread_kill(thread, timeoutSignal());
        pthread_kill(caller_.load(), timeoutSignal());
      }
    });
  }

  std::mutex mutex_;
  std::condition_variable wake_, idle_, watched_;
  std::vector<std::thread> workers_;
  std::vector<pthread_t> running_;
  std::atomic<pthread_t> caller_{};
  std::thread watcher_;
  const LaunchWork* work_ = nullptr;
  std::atomic<uint64_t> next_{0};
  uint64_t blocks_ = 0;
  std::atomic<bool> stop_{false};
  bool woken_ = false;
  uint64_t generation_ = 0;
  unsigned busy_ = 0;
  std::string error_;
  Clock::time_point started_;
};

// "memory access fault at address 0x..." gets what lies there.
std::string explained(const std::string& error) {
  const size_t at = error.find("address ");
  if (at == std::string::npos) return error;
  const auto address = reinterpret_cast<const void*>(strtoull(error.c_str() + at + 8, nullptr, 16));
  return error + ": " + describe(address);
}

}  // namespace

void enterLaunch() { Pool::get().enter(); }
void leaveLaunch() { Pool::get().leave(); }

hipError_t launch(const LaunchWork& work, std::string* what) {
  installHandlers();
  std::string error = Pool::get().run(work);
  if (!error.empty()) {
    *what = error.rfind("memory access", 0) == 0 ? explained(error) : error;
    if (error.rfind("time limit", 0) == 0) return hipErrorLaunchTimeOut;
    return error.rfind("memory access", 0) == 0 || error.rfind("misaligned", 0) == 0 ? hipErrorIllegalAddress
                                                                                      : hipErrorLaunchFailure;
  }
  *what = damagedGuards();
  return what->empty() ? hipSuccess : hipErrorIllegalAddress;
}

}  // namespace rocmforge
