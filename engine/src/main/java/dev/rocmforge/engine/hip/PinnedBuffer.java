package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.ffi.NativeMemory;
import java.lang.foreign.MemorySegment;

/** Host memory that stays in place, so that copies to and from the device can run by themselves. */
public final class PinnedBuffer extends HipHandle {
  private final MemorySegment segment;

  PinnedBuffer(HipRuntime runtime, String purpose, long bytes, MemorySegment address) {
    super(runtime, AllocationLedger.Kind.PINNED_BUFFER, purpose, bytes, address);
    this.segment = NativeMemory.view(address, bytes);
  }

  /** The memory; not to be used after close. */
  public MemorySegment segment() {
    MemorySegment alive = handle();
    return alive.address() == 0 ? alive : segment;
  }

  @Override
  int destroy(MemorySegment address) {
    return runtime.memory().hipHostFree(address);
  }

  @Override
  String destroyer() {
    return "hipHostFree";
  }
}
