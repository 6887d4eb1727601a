package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The GPU of a sweep; there is no other place to run one. */
final class SweepDevice {
  @SuppressWarnings("UnusedVariable") // there is nothing to choose
  @Option(names = "--gpu", description = "Accepted for likeness; a sweep runs on a GPU only.")
  private boolean gpu;

  @Option(
      names = "--gpu-index",
      paramLabel = "N",
      description = "GPU among the visible ones (default: the supported one with most memory).")
  private Integer index;

  /** Opens it; the device's lock is held until it is closed. */
  GuardedBackend open(Consumer<String> lines) {
    GuardOptions options = GuardOptions.of(System.getenv());
    return GuardedBackend.open(index == null ? options : options.withDeviceIndex(index), lines);
  }
}
