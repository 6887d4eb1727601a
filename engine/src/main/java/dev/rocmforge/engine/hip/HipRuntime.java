package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.HipUnavailableException.Reason;
import dev.rocmforge.engine.hip.ffi.HipLibrary;
import dev.rocmforge.engine.hip.ffi.HiprtcLibrary;
import dev.rocmforge.engine.hip.ffi.MemoryFunctions;
import dev.rocmforge.engine.hip.ffi.ModuleFunctions;
import dev.rocmforge.engine.hip.ffi.StreamFunctions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * An opened HIP runtime with at least one device. Everything made from it must be closed before it;
 * its ledger knows what is open. Safe for several threads; the things made from it are not.
 */
public final class HipRuntime implements AutoCloseable {
  private final RuntimeKind kind;
  private final HipLibrary library;
  private final KernelCompiler compiler;
  private final HipErrors errors;
  private final DeviceWait waits;
  private final AllocationLedger ledger = new AllocationLedger();
  private final List<DeviceProperties> devices;

  private HipRuntime(HipSettings settings, HipLibrary library, HiprtcLibrary hiprtc) {
    this.kind = settings.kind();
    this.library = library;
    this.compiler = new KernelCompiler(hiprtc);
    this.errors = new HipErrors(library);
    this.waits = new DeviceWait(errors, settings.deviceTimeout());
    this.devices = readDevices();
  }

  /** Opens the runtime that the environment names. */
  public static HipRuntime open() {
    return open(HipSettings.ofEnvironment());
  }

  /**
   * Opens a runtime and reads its devices.
   *
   * @throws HipUnavailableException without a library, compiler or device, telling which
   */
  public static HipRuntime open(HipSettings settings) {
    LibrarySearch search = new LibrarySearch(settings);
    HipLibrary library = search.hip();
    return new HipRuntime(settings, library, search.hiprtc(library));
  }

  public RuntimeKind kind() {
    return kind;
  }

  /** Name or path of the opened library. */
  public String libraryPath() {
    return library.path();
  }

  /** What {@code hipRuntimeGetVersion} says. */
  public int version() {
    return integer("hipRuntimeGetVersion", p -> library.device().hipRuntimeGetVersion(p));
  }

  public int driverVersion() {
    return integer("hipDriverGetVersion", p -> library.device().hipDriverGetVersion(p));
  }

  public List<DeviceProperties> devices() {
    return devices;
  }

  /** The device by its index among the visible ones. */
  public Device device(int index) {
    if (index < 0 || index >= devices.size()) {
      throw new HipUnavailableException(
          Reason.NO_DEVICE, "device " + index + " asked, " + devices.size() + " visible");
    }
    return new Device(this, devices.get(index));
  }

  public KernelCompiler compiler() {
    return compiler;
  }

  public AllocationLedger ledger() {
    return ledger;
  }

  /** Fault injection and counts; only the stand-ins have it. */
  public Optional<StandIn> standIn() {
    return library.standIn().map(StandIn::new);
  }

  /** The library stays loaded; whatever is still open is a bug and is named. */
  @Override
  public void close() {
    if (ledger.balance() != 0) {
      throw new AssertionError("HIP runtime closed before its parts; " + ledger);
    }
  }

  HipLibrary library() {
    return library;
  }

  MemoryFunctions memory() {
    return library.memory();
  }

  StreamFunctions streams() {
    return library.stream();
  }

  ModuleFunctions modules() {
    return library.module();
  }

  DeviceWait waits() {
    return waits;
  }

  HipErrors errors() {
    return errors;
  }

  /** {@code context} is turned into text only on failure. */
  void check(int code, String function, Object context) {
    if (code != HipErrors.SUCCESS) {
      throw errors.exception(code, function, context.toString());
    }
  }

  /** Calls a C function that stores a new handle through a pointer, and wraps the handle. */
  <T> T created(
      ToIntFunction<MemorySegment> call,
      String function,
      String context,
      Function<MemorySegment, T> wrap) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
      errors.check(call.applyAsInt(pointer), function, context);
      return wrap.apply(pointer.get(ValueLayout.ADDRESS, 0));
    }
  }

  private int integer(String function, ToIntFunction<MemorySegment> call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      errors.check(call.applyAsInt(value), function, "");
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private List<DeviceProperties> readDevices() {
    int count;
    try {
      count = integer("hipGetDeviceCount", p -> library.device().hipGetDeviceCount(p));
    } catch (HipException e) {
      throw e.code() == HipErrors.NO_DEVICE ? DriverDiagnosis.noDevice(kind, library.path()) : e;
    }
    if (count == 0) {
      throw DriverDiagnosis.noDevice(kind, library.path());
    }
    DevicePropertiesReader reader = new DevicePropertiesReader(library, errors);
    List<DeviceProperties> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(reader.read(i));
    }
    return List.copyOf(all);
  }
}
