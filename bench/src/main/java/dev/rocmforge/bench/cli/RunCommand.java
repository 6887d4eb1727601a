package dev.rocmforge.bench.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: text to stdout, everything else to stderr. */
@Command(
    name = "run",
    description = "Generates text. The text goes to stdout, everything else to stderr.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Override
  public Integer call() {
    return options.run();
  }
}
