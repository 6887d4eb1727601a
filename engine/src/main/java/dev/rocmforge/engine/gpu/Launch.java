package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.hip.Kernel;
import dev.rocmforge.engine.hip.KernelArguments;
import dev.rocmforge.engine.hip.Stream;
import java.lang.foreign.Arena;
import java.util.Set;

/**
 * One kernel launch with its arguments in place: made once, run many times; only the number of
 * tokens and splits changes. Runs allocate nothing.
 */
final class Launch implements Work {
  private final KernelId id;
  private final Grid grid;
  private final int threads;
  private final KernelArguments arguments;
  private final int tokensAt;
  private final int splitsAt;
  private Kernel kernel;

  private Launch(KernelId id, Grid grid, int threads, LaunchArguments arguments, Arena arena) {
    this.id = id;
    this.grid = grid;
    this.threads = threads;
    this.arguments = arguments.build(arena);
    this.tokensAt = arguments.tokensAt();
    this.splitsAt = arguments.splitsAt();
  }

  /**
   * @param threads of a block
   * @param arena lives as long as the launch
   */
  static Launch of(KernelId id, Grid grid, int threads, LaunchArguments arguments, Arena arena) {
    return new Launch(id, grid, threads, arguments, arena);
  }

  KernelId id() {
    return id;
  }

  /** For arguments that change otherwise than by tokens and splits. */
  KernelArguments arguments() {
    return arguments;
  }

  @Override
  public Set<KernelId> kernels() {
    return Set.of(id);
  }

  @Override
  public boolean onDevice() {
    return true;
  }

  @Override
  public void resolve(KernelLibrary kernels) {
    kernel = kernels.kernel(id);
  }

  @Override
  public void run(Stream stream, int tokens, int splits) {
    if (tokensAt >= 0) {
      arguments.setInt(tokensAt, tokens);
    }
    if (splitsAt >= 0) {
      arguments.setInt(splitsAt, splits);
    }
    kernel.launch(
        stream, grid.x(tokens, splits), grid.y(tokens), grid.z(tokens), threads, 0, arguments);
  }

  /** Runs with a grid of its own. */
  void launchOn(Stream stream, int x) {
    kernel.launch(stream, x, 1, 1, threads, 0, arguments);
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
