package dev.rocmforge.engine.hip.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * An opened libamdhip64, or a library that stands in for it: HIP's C functions in groups. It is
 * never closed, because drivers leave threads behind. Safe for use from several threads.
 */
public final class HipLibrary {
  private final String path;
  private final DeviceFunctions device;
  private final MemoryFunctions memory;
  private final StreamFunctions stream;
  private final ModuleFunctions module;
  private final HiprtcLibrary hiprtc;
  private final StandInFunctions standIn;

  private HipLibrary(String path, Symbols symbols) {
    this.path = path;
    device = new DeviceFunctions(symbols);
    memory = new MemoryFunctions(symbols);
    stream = new StreamFunctions(symbols);
    module = new ModuleFunctions(symbols);
    hiprtc = symbols.has("hiprtcCreateProgram") ? new HiprtcLibrary(symbols) : null;
    standIn = symbols.has("rocmforgeSetFaults") ? new StandInFunctions(symbols) : null;
  }

  /**
   * Opens a library by file name (searched as the system does) or path.
   *
   * @return empty if there is no such library
   * @throws MissingSymbolException if it is there and lacks a function
   */
  public static Optional<HipLibrary> open(String nameOrPath) {
    return Libraries.open(nameOrPath)
        .map(lookup -> new HipLibrary(nameOrPath, new Symbols(nameOrPath, lookup)));
  }

  /** Opens the run-time compiler where it is a library of its own. */
  public static Optional<HiprtcLibrary> openCompiler(String nameOrPath) {
    Optional<SymbolLookup> library = Libraries.open(nameOrPath);
    return library.map(lookup -> new HiprtcLibrary(new Symbols(nameOrPath, lookup)));
  }

  /** As asked for when opening. */
  public String path() {
    return path;
  }

  public DeviceFunctions device() {
    return device;
  }

  public MemoryFunctions memory() {
    return memory;
  }

  public StreamFunctions stream() {
    return stream;
  }

  public ModuleFunctions module() {
    return module;
  }

  /** The run-time compiler inside this library, as ROCm 5 and the stand-ins have it. */
  public Optional<HiprtcLibrary> hiprtc() {
    return Optional.ofNullable(hiprtc);
  }

  /** Present in the stand-ins only. */
  public Optional<StandInFunctions> standIn() {
    return Optional.ofNullable(standIn);
  }

  /** Opening by the system's loader, kept apart for its restricted call. */
  private static final class Libraries {
    @SuppressWarnings("restricted")
    static Optional<SymbolLookup> open(String nameOrPath) {
      try {
        return Optional.of(SymbolLookup.libraryLookup(nameOrPath, Arena.global()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }
}
