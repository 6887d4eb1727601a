package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A point in a stream's work, with its time on the device. */
public final class Event extends HipHandle {
  Event(HipRuntime runtime, MemorySegment handle) {
    super(runtime, AllocationLedger.Kind.EVENT, "", 0, handle);
  }

  public void record(Stream stream) {
    runtime.check(
        runtime.streams().hipEventRecord(handle(), stream.handle()), "hipEventRecord", this);
  }

  public void synchronize() {
    runtime.waits().until(() -> runtime.streams().hipEventQuery(handle()), "hipEventQuery", this);
  }

  /** Whether all work before it is done. */
  public boolean done() {
    int code = runtime.streams().hipEventQuery(handle());
    if (code == HipErrors.NOT_READY) {
      return false;
    }
    runtime.check(code, "hipEventQuery", this);
    return true;
  }

  /** Milliseconds of device time since {@code start}; both must be done. */
  public float millisSince(Event start) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_FLOAT);
      runtime.check(
          runtime.streams().hipEventElapsedTime(value, start.handle(), handle()),
          "hipEventElapsedTime",
          this);
      return value.get(ValueLayout.JAVA_FLOAT, 0);
    }
  }

  @Override
  int destroy(MemorySegment event) {
    return runtime.streams().hipEventDestroy(event);
  }

  @Override
  String destroyer() {
    return "hipEventDestroy";
  }
}
