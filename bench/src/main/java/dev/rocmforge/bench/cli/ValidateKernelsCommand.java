package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.validation.kernel.KernelCase;
import dev.rocmforge.validation.kernel.KernelCases;
import dev.rocmforge.validation.kernel.KernelCheck;
import dev.rocmforge.validation.kernel.KernelFolder;
import dev.rocmforge.validation.kernel.KernelSuite;
import dev.rocmforge.validation.kernel.KernelVerdict;
import dev.rocmforge.validation.kernel.Tier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate kernels}: every kernel against double arithmetic on the device found. */
@Command(
    name = "kernels",
    description = {
      "Runs kernels on the device that ROCMFORGE_HIP_RUNTIME names and compares with double"
          + " arithmetic.",
      "Exit code 1 if a case fails, 3 without a device."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ValidateKernelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      defaultValue = "quick",
      description = "smoke, quick or full (default: ${DEFAULT-VALUE}).")
  private String tier;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description = "Only cases whose path begins so: q4_k, q4_k/gemv, ops/rope.")
  private String filter = "";

  @Option(
      names = "--case",
      paramLabel = "ID",
      description = "Only this case; repeatable. The id is printed with every failure.")
  private List<String> ids = List.of();

  @Option(
      names = "--kernels",
      paramLabel = "DIR",
      description = "Folder of kernel sources, read as they lie there.")
  private Path folder;

  @Option(names = "--list", description = "Print the ids and run nothing.")
  private boolean list;

  @Option(names = "--json", description = "One line of JSON for each case on stdout.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    HipSettings settings = HipSettings.ofEnvironment();
    KernelFolder sources = new KernelFolder(folder == null ? standardFolder(settings) : folder);
    try (HipRuntime runtime = HipRuntime.open(settings)) {
      Device device = runtime.device(0);
      List<KernelCase> cases = cases(runtime.kind(), device);
      if (list) {
        cases.forEach(one -> out().println(one.id()));
        return ExitCode.DONE.code();
      }
      err()
          .printf(
              "rocmforge: %d cases on %s, %s, kernels of %s%n",
              cases.size(),
              runtime.kind().label(),
              device.properties().architecture(),
              sources.path());
      return run(device, sources, cases).code();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private static Path standardFolder(HipSettings settings) {
    return settings
        .root()
        .map(root -> root.resolve("kernels"))
        .orElseThrow(
            () -> new InputException("no kernels here: --kernels DIR or ROCMFORGE_ROOT needed"));
  }

  private List<KernelCase> cases(RuntimeKind kind, Device device) {
    if (!ids.isEmpty()) {
      return ids.stream().map(KernelCase::of).toList();
    }
    List<KernelCase> found =
        KernelCases.of(chosenTier(), waves(kind, device.properties().architecture())).stream()
            .filter(one -> one.path().startsWith(filter))
            .toList();
    if (found.isEmpty()) {
      throw new InputException("--filter " + filter + ": no case of this tier has such a path");
    }
    return found;
  }

  private Tier chosenTier() {
    for (Tier one : Tier.values()) {
      if (one.name().equalsIgnoreCase(tier)) {
        return one;
      }
    }
    throw new InputException("--tier " + tier + ": smoke, quick or full needed");
  }

  /** Waves a device can be compiled for, its usual one first. */
  private static List<Integer> waves(RuntimeKind kind, String architecture) {
    return switch (kind) {
      case CPU_EMULATION -> List.of(32, 64);
      case NVIDIA -> List.of(32);
      case AMD -> architecture.startsWith("gfx9") ? List.of(64) : List.of(32, 64);
    };
  }

  private ExitCode run(Device device, KernelFolder sources, List<KernelCase> cases)
      throws InterruptedException {
    try (KernelCheck check = new KernelCheck(device, sources)) {
      KernelSuite suite = new KernelSuite(check);
      KernelLines lines = new KernelLines(out(), err(), cases.size(), json);
      Thread runner = Thread.currentThread();
      Thread hook =
          new Thread(
              () -> {
                suite.stop();
                join(runner);
              },
              "rocmforge-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        suite.run(cases, lines::decided);
      } finally {
        lines.end(suite.verdicts());
        unhook(hook);
      }
      boolean failed = suite.verdicts().stream().anyMatch(verdict -> !verdict.passed());
      return failed ? ExitCode.FAILED : ExitCode.DONE;
    }
  }

  /** After Ctrl-C the running case ends and the summary is printed, unless that takes long. */
  private static void join(Thread runner) {
    try {
      runner.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs already.
    }
  }

  /** What the command prints: failures at once, the rest as a table at the end. */
  private static final class KernelLines {
    private static final long STEP_NANOS = 2_000_000_000L;
    private final PrintWriter out;
    private final PrintWriter err;
    private final int total;
    private final boolean json;
    private int done;
    private long shown = System.nanoTime();

    KernelLines(PrintWriter out, PrintWriter err, int total, boolean json) {
      this.out = out;
      this.err = err;
      this.total = total;
      this.json = json;
    }

    void decided(KernelVerdict verdict) {
      done++;
      if (json) {
        out.println(RecordCodec.line(verdict.record()));
      } else if (!verdict.passed()) {
        out.printf(
            "FAILED %s%n  %s%n  %s%n",
            verdict.of().id(), verdict.failure().orElseThrow(), verdict.replay());
      }
      out.flush();
      if (System.nanoTime() - shown > STEP_NANOS) {
        shown = System.nanoTime();
        err.printf("  %d of %d, %s%n", done, total, verdict.of().path());
        err.flush();
      }
    }

    void end(List<KernelVerdict> verdicts) {
      long failed = verdicts.stream().filter(verdict -> !verdict.passed()).count();
      if (!json) {
        KernelTable.print(out, verdicts);
      }
      (json ? err : out)
          .printf(
              "%d of %d cases done: %d passed, %d failed%n",
              verdicts.size(), total, verdicts.size() - failed, failed);
      out.flush();
      err.flush();
    }
  }
}
