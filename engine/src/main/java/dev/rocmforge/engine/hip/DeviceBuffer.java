package dev.rocmforge.engine.hip;

import java.lang.foreign.MemorySegment;

/**
 * Memory on the device, owned. The copies here take part in the order of their stream; the host
 * side of an asynchronous copy must stay untouched until the stream was synchronized, and be pinned
 * for the copy to be asynchronous at all.
 */
public final class DeviceBuffer extends HipHandle {
  private static final int HOST_TO_DEVICE = 1;
  private static final int DEVICE_TO_HOST = 2;
  private static final int DEVICE_TO_DEVICE = 3;

  private final long bytes;
  private final String purpose;

  DeviceBuffer(HipRuntime runtime, String purpose, long bytes, MemorySegment address) {
    super(runtime, AllocationLedger.Kind.DEVICE_BUFFER, purpose, bytes, address);
    this.purpose = purpose;
    this.bytes = bytes;
  }

  public long bytes() {
    return bytes;
  }

  public String purpose() {
    return purpose;
  }

  /** The address on the device, for kernel arguments. */
  public long address() {
    return handle().address();
  }

  /** Copies the whole of {@code source} to {@code offset} and waits for it. */
  public void upload(long offset, MemorySegment source) {
    check(offset, source.byteSize());
    runtime.check(
        runtime.memory().hipMemcpy(at(offset), source, source.byteSize(), HOST_TO_DEVICE),
        "hipMemcpy",
        this);
  }

  /** Copies from {@code offset} into the whole of {@code target} and waits for it. */
  public void download(long offset, MemorySegment target) {
    check(offset, target.byteSize());
    runtime.check(
        runtime.memory().hipMemcpy(target, at(offset), target.byteSize(), DEVICE_TO_HOST),
        "hipMemcpy",
        this);
  }

  public void upload(long offset, MemorySegment source, Stream stream) {
    check(offset, source.byteSize());
    copy(at(offset), source, source.byteSize(), HOST_TO_DEVICE, stream);
  }

  public void download(long offset, MemorySegment target, Stream stream) {
    check(offset, target.byteSize());
    copy(target, at(offset), target.byteSize(), DEVICE_TO_HOST, stream);
  }

  /** Copies within the device, from another buffer to this one; the ranges must not overlap. */
  public void copyFrom(
      DeviceBuffer source, long sourceOffset, long offset, long count, Stream stream) {
    check(offset, count);
    source.check(sourceOffset, count);
    copy(at(offset), source.at(sourceOffset), count, DEVICE_TO_DEVICE, stream);
  }

  /** Sets {@code count} bytes from {@code offset} to the low byte of {@code value}. */
  public void fill(long offset, long count, int value, Stream stream) {
    check(offset, count);
    runtime.check(
        runtime.memory().hipMemsetAsync(at(offset), value, count, stream.handle()),
        "hipMemsetAsync",
        this);
  }

  private void copy(MemorySegment target, MemorySegment source, long n, int kind, Stream stream) {
    runtime.check(
        runtime.memory().hipMemcpyAsync(target, source, n, kind, stream.handle()),
        "hipMemcpyAsync",
        this);
  }

  private MemorySegment at(long offset) {
    return offset == 0 ? handle() : MemorySegment.ofAddress(handle().address() + offset);
  }

  private void check(long offset, long count) {
    if (offset < 0 || count < 0 || offset + count > bytes) {
      throw new AssertionError(this + ": bytes " + offset + " to " + (offset + count) + " asked");
    }
  }

  @Override
  int destroy(MemorySegment address) {
    return runtime.memory().hipFree(address);
  }

  @Override
  String destroyer() {
    return "hipFree";
  }
}
