package dev.rocmforge.engine.hip;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A kernel of a loaded module. */
public final class Kernel {
  private static final int MAX_THREADS_PER_BLOCK = 0;
  private static final int SHARED_SIZE_BYTES = 1;

  private final HipRuntime runtime;
  private final String name;
  private final MemorySegment function;

  Kernel(HipRuntime runtime, String name, MemorySegment function) {
    this.runtime = runtime;
    this.name = name;
    this.function = function;
  }

  public String name() {
    return name;
  }

  /**
   * Queues a launch; allocates nothing. The argument values are copied by the call, so the block
   * may be changed and used again at once.
   *
   * @param sharedBytes dynamic shared memory of a block
   * @throws HipException with the kernel's name and launch shape
   */
  public void launch(
      Stream stream,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int sharedBytes,
      KernelArguments arguments) {
    int code =
        runtime
            .modules()
            .hipModuleLaunchKernel(
                function,
                gridX,
                gridY,
                gridZ,
                blockX,
                1,
                1,
                sharedBytes,
                stream.handle(),
                arguments.pointers(),
                MemorySegment.NULL);
    if (code != HipErrors.SUCCESS) {
      throw runtime
          .errors()
          .exception(
              code,
              "hipModuleLaunchKernel",
              "kernel %s, grid %d x %d x %d, block %d, %d bytes shared"
                  .formatted(name, gridX, gridY, gridZ, blockX, sharedBytes));
    }
  }

  /** One-dimensional grid. */
  public void launch(
      Stream stream, int grid, int block, int sharedBytes, KernelArguments arguments) {
    launch(stream, grid, 1, 1, block, sharedBytes, arguments);
  }

  /** The most threads a block of this kernel may have. */
  public int launchBound() {
    return attribute(MAX_THREADS_PER_BLOCK);
  }

  /** Static shared memory of a block. */
  public int sharedBytes() {
    return attribute(SHARED_SIZE_BYTES);
  }

  private int attribute(int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      runtime.check(
          runtime.modules().hipFuncGetAttribute(value, attribute, function),
          "hipFuncGetAttribute",
          name);
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  @Override
  public String toString() {
    return "kernel " + name;
  }
}
