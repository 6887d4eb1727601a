// arrive.h: the last of several blocks to finish does what needs all their results, without another launch.
#pragma once
#include "device.h"

// True, for all threads, in the last of the `expected` blocks that get here with the same counter; what the others wrote before is
// visible there. The counter is zero beforehand and zero again afterwards. All threads of a block call it, once in a kernel.
RF_DEVICE bool last_to_arrive(int* arrivals, int expected) {
    RF_SHARED int before;
    if (expected == 1) {
        barrier();
        return true;
    }
    device_fence();
    barrier();
    if (thread_x() == 0) before = atomic_add(arrivals, 1);
    barrier();
    if (before != expected - 1) return false;
    if (thread_x() == 0) *arrivals = 0;
    device_fence();
    return true;
}
