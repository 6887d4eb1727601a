package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Fitness;
import dev.rocmforge.validation.machine.FitnessCheck;
import dev.rocmforge.validation.machine.MemoryBandwidth;
import dev.rocmforge.validation.machine.Processor;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate machine}: can times of this machine be trusted. */
@Command(
    name = "machine",
    description = {
      "Is this machine fit to measure: clocks, governor, power cap, temperature, load, timer,",
      "spread of the memory bandwidth, drivers. Exit code 0 fit, 4 restless, 1 unfit."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ValidateMachineCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--gpu", description = "Look at the GPU's runtime and driver as well.")
  private boolean gpu;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Processor processor = Processor.probe();
    Environment.Bandwidth bandwidth =
        MemoryBandwidth.measure(
            Runtime.getRuntime().availableProcessors(), processor.lastLevelCacheBytes().orElse(0));
    Fitness fitness = FitnessCheck.of(Optional.of(bandwidth), device());
    fitness.facts().forEach((name, value) -> out.printf("%-32s %s%n", name, value));
    out.printf("%nverdict: %s%n", words(fitness.verdict()));
    fitness.remarks().forEach(remark -> out.println("  " + remark));
    out.flush();
    return switch (fitness.verdict()) {
      case FIT -> ExitCode.DONE.code();
      case RESTLESS -> ExitCode.INCONCLUSIVE.code();
      case UNFIT -> ExitCode.FAILED.code();
    };
  }

  private Optional<Environment.Device> device() {
    if (!gpu) {
      return Optional.empty();
    }
    try (GuardedBackend backend =
        GuardedBackend.open(
            GuardOptions.of(System.getenv()), spec.commandLine().getErr()::println)) {
      return Optional.of(GpuSubject.of(backend).device());
    }
  }

  private static String words(Fitness.Word word) {
    return switch (word) {
      case FIT -> "fit";
      case RESTLESS -> "restless: compare only what one run measured side by side";
      case UNFIT -> "unfit: its times say nothing";
    };
  }
}
