package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.ffi.StandInFunctions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a stand-in runtime offers beyond HIP, for tests; faults and counts belong to the process.
 */
public final class StandIn {
  private final StandInFunctions functions;

  StandIn(StandInFunctions functions) {
    this.functions = functions;
  }

  /**
   * Faults to inject from now on, in place of earlier ones; empty for none. Parts divided by
   * semicolons: {@code hipMalloc:3=2} (third call, code 2), {@code hipMalloc>1048576=2} (requests
   * from that size on), {@code *:17=719} (17th call of any function), {@code *:17=719!} (the same,
   * and the context is lost until the device is reset), {@code hipStreamSynchronize:1=hang:500}
   * (answers a time-out after 500 ms).
   */
  public void setFaults(String faults) {
    try (Arena arena = Arena.ofConfined()) {
      if (functions.rocmforgeSetFaults(arena.allocateFrom(faults)) != 0) {
        throw new InputException("faults not understood: " + faults);
      }
    }
  }

  /** Calls of all functions since the faults were set. */
  public long callCount() {
    return functions.rocmforgeCallCount();
  }

  /** Live device and pinned allocations, as the runtime itself counts them. */
  public long liveAllocations() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
      functions.rocmforgeLiveAllocations(count, bytes);
      return count.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Changes a setting of the emulated machine, for example {@code ROCMFORGE_EMULATION_VRAM}; to be
   * called while nothing is allocated, before opening the runtime that shall see it.
   */
  public void configure(String name, String value) {
    try (Arena arena = Arena.ofConfined()) {
      if (functions.rocmforgeConfigure(arena.allocateFrom(name), arena.allocateFrom(value)) != 0) {
        throw new InputException(name + "=" + value + ": refused while allocations are alive");
      }
    }
  }
}
