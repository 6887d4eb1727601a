package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A code object loaded on the device. */
public final class Module extends HipHandle {
  Module(HipRuntime runtime, MemorySegment handle) {
    super(runtime, AllocationLedger.Kind.MODULE, "", 0, handle);
  }

  /**
   * A kernel of the module by its C name; valid while the module is open.
   *
   * @throws HipException if there is none
   */
  public Kernel kernel(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = arena.allocate(ValueLayout.ADDRESS);
      runtime.check(
          runtime.modules().hipModuleGetFunction(function, handle(), arena.allocateFrom(name)),
          "hipModuleGetFunction",
          name);
      return new Kernel(runtime, name, function.get(ValueLayout.ADDRESS, 0));
    }
  }

  @Override
  int destroy(MemorySegment module) {
    return runtime.modules().hipModuleUnload(module);
  }

  @Override
  String destroyer() {
    return "hipModuleUnload";
  }
}
