package dev.rocmforge.engine.hip;

import java.lang.foreign.MemorySegment;

/**
 * A native thing that is closed once: a stream, buffer, module and the like. Owned by whoever made
 * it; used by one thread at a time.
 */
abstract sealed class HipHandle implements AutoCloseable
    permits DeviceBuffer, PinnedBuffer, Stream, Event, Module, Graph, GraphExec {
  final HipRuntime runtime;
  private final AllocationLedger.Kind kind;
  private final String purpose;
  private final long bytes;
  private final MemorySegment handle;
  private boolean closed;

  HipHandle(
      HipRuntime runtime,
      AllocationLedger.Kind kind,
      String purpose,
      long bytes,
      MemorySegment handle) {
    this.runtime = runtime;
    this.kind = kind;
    this.purpose = purpose;
    this.bytes = bytes;
    this.handle = handle;
    runtime.ledger().opened(kind, purpose, bytes);
  }

  /** The C handle or address. */
  final MemorySegment handle() {
    if (closed) {
      throw new AssertionError(this + " used after it was closed");
    }
    return handle;
  }

  /** The C call that destroys the handle. */
  abstract int destroy(MemorySegment handle);

  abstract String destroyer();

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    int code = runtime.waits().hung() ? HipErrors.SUCCESS : destroy(handle);
    runtime.ledger().closed(kind, purpose, bytes);
    runtime.errors().check(code, destroyer(), toString());
  }

  @Override
  public String toString() {
    return kind + (purpose.isEmpty() ? "" : " " + purpose) + (bytes > 0 ? " of " + bytes : "");
  }
}
