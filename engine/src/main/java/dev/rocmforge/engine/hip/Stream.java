package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A queue of work on the device; its parts run in order. Used by one thread at a time. */
public final class Stream extends HipHandle {
  private static final int THREAD_LOCAL = 1;

  /** What {@code hipStreamGetCaptureInfo} tells; in the order of the C values. */
  public enum CaptureStatus {
    NONE,
    ACTIVE,
    INVALIDATED
  }

  Stream(HipRuntime runtime, MemorySegment handle) {
    super(runtime, AllocationLedger.Kind.STREAM, "", 0, handle);
  }

  /** Waits until all work so far is done; errors of that work appear here. */
  public void synchronize() {
    runtime.waits().until(() -> runtime.streams().hipStreamQuery(handle()), "hipStreamQuery", this);
    runtime.check(runtime.streams().hipStreamSynchronize(handle()), "hipStreamSynchronize", this);
  }

  /** Lets later work of this stream wait for the event. */
  public void waitFor(Event event) {
    runtime.check(
        runtime.streams().hipStreamWaitEvent(handle(), event.handle(), 0),
        "hipStreamWaitEvent",
        this);
  }

  /**
   * From here on work is recorded instead of run. Until {@link #endCapture} this thread must not
   * allocate, free, copy synchronously or synchronize: each is an error and spoils the capture.
   */
  public void beginCapture() {
    runtime.check(
        runtime.streams().hipStreamBeginCapture(handle(), THREAD_LOCAL),
        "hipStreamBeginCapture",
        this);
  }

  /** Ends the capture, spoilt ones with an error. */
  public Graph endCapture() {
    return runtime.created(
        pointer -> runtime.streams().hipStreamEndCapture(handle(), pointer),
        "hipStreamEndCapture",
        toString(),
        graph -> new Graph(runtime, graph));
  }

  public CaptureStatus captureStatus() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment id = arena.allocate(ValueLayout.JAVA_LONG);
      runtime.check(
          runtime.streams().hipStreamGetCaptureInfo(handle(), status, id),
          "hipStreamGetCaptureInfo",
          this);
      return CaptureStatus.values()[status.get(ValueLayout.JAVA_INT, 0)];
    }
  }

  @Override
  int destroy(MemorySegment stream) {
    return runtime.streams().hipStreamDestroy(stream);
  }

  @Override
  String destroyer() {
    return "hipStreamDestroy";
  }
}
