package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.ffi.MemoryFunctions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One device of a runtime: makes streams, buffers, events and modules on it. */
public final class Device {
  private final HipRuntime runtime;
  private final DeviceProperties properties;

  Device(HipRuntime runtime, DeviceProperties properties) {
    this.runtime = runtime;
    this.properties = properties;
  }

  /** Device memory in bytes, as the runtime sees it now. */
  public record Memory(long freeBytes, long totalBytes) {}

  public HipRuntime runtime() {
    return runtime;
  }

  public DeviceProperties properties() {
    return properties;
  }

  public Memory memory() {
    bind();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
      runtime.check(runtime.memory().hipMemGetInfo(free, total), "hipMemGetInfo", this);
      return new Memory(free.get(ValueLayout.JAVA_LONG, 0), total.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  /**
   * Device memory; its contents are undefined.
   *
   * @param purpose what it is for, in the ledger and in errors
   * @throws HipException out of memory among others
   */
  public DeviceBuffer allocate(String purpose, long bytes) {
    requirePositive(purpose, bytes);
    bind();
    MemoryFunctions functions = runtime.memory();
    return runtime.created(
        pointer -> functions.hipMalloc(pointer, bytes),
        "hipMalloc",
        bytes + " bytes for " + purpose,
        address -> new DeviceBuffer(runtime, purpose, bytes, address));
  }

  /** Host memory for asynchronous copies; its contents are undefined. */
  public PinnedBuffer allocatePinned(String purpose, long bytes) {
    requirePositive(purpose, bytes);
    bind();
    return runtime.created(
        pointer -> runtime.memory().hipHostMalloc(pointer, bytes, 0),
        "hipHostMalloc",
        bytes + " bytes for " + purpose,
        address -> new PinnedBuffer(runtime, purpose, bytes, address));
  }

  /** A stream that does not wait for the null stream. */
  public Stream newStream() {
    bind();
    int nonBlocking = 1;
    return runtime.created(
        pointer -> runtime.streams().hipStreamCreateWithFlags(pointer, nonBlocking),
        "hipStreamCreateWithFlags",
        toString(),
        stream -> new Stream(runtime, stream));
  }

  /** An event that keeps its time. */
  public Event newEvent() {
    bind();
    return runtime.created(
        pointer -> runtime.streams().hipEventCreateWithFlags(pointer, 0),
        "hipEventCreateWithFlags",
        toString(),
        event -> new Event(runtime, event));
  }

  /** Loads what {@link KernelCompiler} made. */
  public Module load(byte[] code) {
    bind();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(code.length, 4096);
      MemorySegment.copy(code, 0, image, ValueLayout.JAVA_BYTE, 0, code.length);
      return runtime.created(
          pointer -> runtime.modules().hipModuleLoadData(pointer, image),
          "hipModuleLoadData",
          code.length + " bytes",
          module -> new Module(runtime, module));
    }
  }

  /** Waits for all work on the device. */
  public void synchronize() {
    bind();
    runtime.check(runtime.library().device().hipDeviceSynchronize(), "hipDeviceSynchronize", this);
  }

  /**
   * Makes a new context after a fault in a kernel. Whatever was made on this device is gone;
   * closing those things still settles the ledger, though the runtime may answer that it knows them
   * not.
   */
  public void reset() {
    if (runtime.waits().hung()) {
      throw runtime
          .errors()
          .exception(HipErrors.LAUNCH_TIMEOUT, "hipDeviceReset", "not tried: " + this + " hangs");
    }
    try {
      bind();
    } catch (HipException e) {
      // A lost context may answer every call with its fault; whoever saw that was on this device.
      if (!e.contextLost()) {
        throw e;
      }
    }
    runtime.check(runtime.library().device().hipDeviceReset(), "hipDeviceReset", this);
  }

  /** Makes it this thread's current device; whatever is made here does so by itself. */
  public void bind() {
    runtime.check(
        runtime.library().device().hipSetDevice(properties.index()), "hipSetDevice", this);
  }

  private static void requirePositive(String purpose, long bytes) {
    if (bytes <= 0) {
      throw new AssertionError(bytes + " bytes asked for " + purpose);
    }
  }

  @Override
  public String toString() {
    return "device " + properties.index() + " (" + properties.architectureName() + ")";
  }
}
