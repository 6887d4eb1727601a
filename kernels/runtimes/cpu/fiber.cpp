#include "fiber.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>

extern "C" void rf_fiber_change(void** saved, void* next);

#if defined(__x86_64__)
// Saves rbp, rbx, r12 to r15 on the old stack, takes them from the new one and returns there.
asm(R"(
.text
.globl rf_fiber_change
.hidden rf_fiber_change
.type rf_fiber_change, @function
rf_fiber_change:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size rf_fiber_change, .-rf_fiber_change
)");
#elif defined(__aarch64__)
asm(R"(
.text
.globl rf_fiber_change
.hidden rf_fiber_change
.type rf_fiber_change, %function
rf_fiber_change:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
.size rf_fiber_change, .-rf_fiber_change
)");
#else
#error "fibers are written for x86-64 and aarch64"
#endif

namespace rocmforge {
namespace {
constexpr size_t stackBytes = 64 * 1024;
constexpr size_t guardBytes = 4096;
constexpr size_t lineBytes = 64;
}  // namespace

Fiber::~Fiber() {
  if (stack_ != nullptr) munmap(stack_, stackBytes + guardBytes);
}

void Fiber::prepare(void (*entry)()) {
  if (stack_ == nullptr) {
    void* memory = mmap(nullptr, stackBytes + guardBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    stack_ = static_cast<char*>(memory);
    mprotect(stack_, guardBytes, PROT_NONE);  // a kernel with too large local arrays stops here
  }
  // Stacks that begin at the same place of their pages would share a few sets of the cache: each begins some lines further.
  static std::atomic<size_t> prepared{0};
  char* top = stack_ + guardBytes + stackBytes - prepared++ * 5 % 64 * lineBytes;
  const auto address = reinterpret_cast<uintptr_t>(entry);
#if defined(__x86_64__)
  top -= 64;  // six registers, the entry, and a null return address that keeps the stack aligned as after a call
  memset(top, 0, 64);
  memcpy(top + 48, &address, sizeof address);
#else
  top -= 160;
  memset(top, 0, 160);
  memcpy(top + 88, &address, sizeof address);
#endif
  stackPointer_ = top;
}

void Fiber::change(Fiber& from, Fiber& to) { rf_fiber_change(&from.stackPointer_, to.stackPointer_); }

}  // namespace rocmforge
