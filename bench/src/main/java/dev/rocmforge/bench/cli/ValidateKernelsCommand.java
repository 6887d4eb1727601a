package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.engine.hip.Device;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.validation.kernel.KernelCase;
import dev.rocmforge.validation.kernel.KernelCheck;
import dev.rocmforge.validation.kernel.KernelFolder;
import dev.rocmforge.validation.kernel.KernelSuite;
import dev.rocmforge.validation.kernel.KernelVerdict;
import dev.rocmforge.validation.kernel.Tier;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code validate kernels}: every kernel against double arithmetic on the device found. */
@Command(
    name = "kernels",
    description = {
      "Runs kernels on the device that ROCMFORGE_HIP_RUNTIME names and compares with double"
          + " arithmetic.",
      "The full tier is taken up where it was left, by Ctrl-C or otherwise, as long as the kernels"
          + " are the same.",
      "Exit code 1 if a case fails, 3 without a device."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ValidateKernelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private KernelSelection selection;

  @Option(
      names = "--same-as",
      paramLabel = "DIR",
      description = "Compare bit for bit with the kernels of DIR, not with double arithmetic.")
  private Path sameAs;

  @Option(
      names = "--against",
      paramLabel = "DIR",
      description = "Afterwards time the kernels in turn with those of DIR, the largest case each.")
  private Path against;

  @Option(names = "--fail-fast", description = "End at the first case that fails.")
  private boolean failFast;

  @Option(names = "--gpu", description = "On the GPU; kernels run nowhere else.")
  boolean gpu;

  @Option(
      names = "--gpu-index",
      paramLabel = "N",
      description = "GPU among the visible ones (default: the supported one with most memory).")
  private Integer gpuIndex;

  @Option(names = "--list", description = "Print the ids and run nothing.")
  private boolean list;

  @Option(names = "--json", description = "One line of JSON for each case on stdout.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "rocmforge-reports",
      description = "Folder of the history and of what is done so far (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--junit", paramLabel = "FILE", description = "Every case as JUnit XML.")
  private Path junit;

  @Option(names = "--no-record", description = "Write no history.")
  private boolean noRecord;

  @Override
  public Integer call() throws InterruptedException {
    HipSettings settings = HipSettings.ofEnvironment();
    KernelFolder sources = selection.sources(settings);
    if (selection.varies() && sameAs == null) {
      throw new InputException("--vary: --same-as DIR needed, bounds are those of the list");
    }
    try (GuardedBackend guarded = GuardedBackend.open(guard(), this::said)) {
      Device device = guarded.gpu().device();
      RuntimeKind kind = guarded.gpu().runtime().kind();
      List<KernelCase> cases = selection.cases(kind, device.properties().architecture());
      if (list) {
        cases.forEach(one -> out().println(one.id()));
        return ExitCode.DONE.code();
      }
      if (junit != null) {
        OutputPlace.checkFile(junit);
      }
      err()
          .printf(
              "rocmforge: %d cases on %s, %s, kernels of %s%n",
              cases.size(), kind.label(), device.properties().architecture(), sources.path());
      return run(device, sources, settings, cases).code();
    }
  }

  /** The door that every run on a GPU passes: choice of the device, lock, overrides. */
  private GuardOptions guard() {
    GuardOptions options = GuardOptions.of(System.getenv());
    return gpuIndex == null ? options : options.withDeviceIndex(gpuIndex);
  }

  private void said(String line) {
    err().println(line);
    err().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private ExitCode run(
      Device device, KernelFolder sources, HipSettings settings, List<KernelCase> cases)
      throws InterruptedException {
    KernelVerdicts verdicts = new KernelVerdicts(progress(device, sources, cases));
    Set<String> before = verdicts.ids();
    if (!before.isEmpty()) {
      err().printf("rocmforge: %d cases were done before%n", before.size());
    }
    List<KernelCase> left = cases.stream().filter(one -> !before.contains(one.id())).toList();
    KernelLines lines = new KernelLines(out(), err(), cases.size(), json);
    try (KernelCheck check = new KernelCheck(device, sources);
        KernelCheck other =
            new KernelCheck(device, sameAs == null ? sources : new KernelFolder(sameAs))) {
      KernelSuite suite =
          sameAs == null ? new KernelSuite(check) : KernelSuite.ofSame(check, other);
      if (failFast) {
        suite.stoppingEarly();
      }
      StopOnSignal stop = new StopOnSignal(suite::stop);
      try {
        suite.run(
            left,
            verdict -> {
              verdicts.add(verdict.record());
              lines.decided(verdict, replay(device, sources, verdict), verdicts.all().size());
              if (failFast && !verdict.passed()) {
                suite.stop();
              }
            });
      } finally {
        lines.end(verdicts, List.of());
        keep(device, sources, settings, verdicts, cases.size());
        stop.close();
      }
      if (against != null) {
        new KernelSpeeds(device, sources, Optional.of(new KernelFolder(against)), settings, out())
            .print(KernelSpeeds.largest(cases));
      }
      return verdicts.failed() > 0 ? ExitCode.FAILED : ExitCode.DONE;
    }
  }

  private String replay(Device device, KernelFolder sources, KernelVerdict verdict) {
    return "ROCMFORGE_HIP_RUNTIME=%s ./rocmforge validate kernels --kernels %s --case %s"
        .formatted(device.runtime().kind().label(), sources.path(), verdict.of().id());
  }

  /**
   * The file of a run that may be taken up again: named by everything that decides its verdicts.
   */
  private Optional<Path> progress(Device device, KernelFolder sources, List<KernelCase> cases) {
    if (selection.tier() != Tier.FULL || failFast || sameAs != null || noRecord) {
      return Optional.empty();
    }
    OutputPlace.checkFolder(out);
    StringBuilder all = new StringBuilder();
    all.append(device.runtime().kind()).append(device.properties().architectureName());
    sources.sources().forEach(path -> all.append(path).append(sources.sha256(path).orElseThrow()));
    cases.forEach(one -> all.append(one.id()).append('\n'));
    String name =
        UUID.nameUUIDFromBytes(all.toString().getBytes(StandardCharsets.UTF_8)).toString();
    return Optional.of(out.resolve("kernels-" + name + ".part.json"));
  }

  private void keep(
      Device device,
      KernelFolder sources,
      HipSettings settings,
      KernelVerdicts verdicts,
      int planned) {
    int done = verdicts.all().size();
    Status status =
        done == planned
            ? Status.complete()
            : Status.partial("%d of %d cases done".formatted(done, planned));
    KernelRecord record = new KernelRecord(device, sources, settings);
    if (junit != null) {
      record.junit(junit, status, verdicts.all());
    }
    if (!noRecord && sameAs == null && done > 0) {
      record.keep(out, status, verdicts.all());
    }
    if (done == planned) {
      verdicts.done();
    }
  }
}
