package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.BenchFiles;
import dev.rocmforge.bench.run.BenchPlan;
import dev.rocmforge.bench.run.BenchRun;
import dev.rocmforge.bench.run.BenchTask;
import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.bench.run.PeerRun;
import dev.rocmforge.bench.run.SpeculativeRun;
import dev.rocmforge.bench.run.StageProfile;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.validation.machine.MachineProbe;
import dev.rocmforge.validation.machine.MemoryBandwidth;
import dev.rocmforge.validation.machine.Processor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: check, measure, record, page. */
@Command(
    name = "bench",
    description = {
      "Measures prefill and decode and writes a record and an HTML page.",
      "Without options it measures the model that is packed with the project."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {BenchKernelsCommand.class, DeviceTrialCommand.class})
final class BenchCommand implements Callable<Integer> {
  /** Enough for an interval even where one turn is wild. */
  private static final int PEER_TURNS = 10;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = ModelPlaces.EMBEDDED_DEFAULT,
      description = "A GGUF file, or a name that 'models list' shows (default: ${DEFAULT-VALUE}).")
  private String model;

  @Mixin private BenchOptions options;
  @Mixin private JmhOptions jmh;
  @Mixin private SpeculationOptions speculation;
  @Mixin private PeerOptions peers;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "rocmforge-reports",
      description = "Folder for record, page and history (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--no-check", description = "Do not check the output: the speed is UNCHECKED.")
  private boolean noCheck;

  @Option(
      names = "--profile",
      description = {
        "Afterwards time the stages of decoding on the GPU, in a pass of their own;",
        "ROCMFORGE_PROFILE_DECODE_STAGES=1 does so for 'run' too, and in the measured steps."
      })
  private boolean profile;

  @Override
  public Integer call() throws InterruptedException {
    ModelPlaces places = ModelPlaces.standard();
    checkPeers();
    BenchLines lines = new BenchLines(spec.commandLine().getOut(), spec.commandLine().getErr());
    if (jmh.wanted()) {
      return operations(places, lines);
    }
    try (Model opened = Model.open(places.resolve(model))) {
      BenchPlan plan = options.plan(opened, System.getenv(), places, lines::decided);
      if (plan.tasks().isEmpty()) {
        return ExitCode.DONE.code();
      }
      Optional<GpuSubject> gpu =
          GpuSubject.probe(options.backend(), opened, plan.longestSession(), lines::decided);
      if (gpu.isEmpty()) {
        // The GPU may have been given up, and the CPU counts its threads otherwise.
        plan = options.plan(opened, System.getenv(), places, lines::decided);
      }
      plan.check(opened);
      checkProfileAndPlace();
      ModelFile file = Fingerprint.of(opened);
      BackendChoice choice = options.backend().choice();
      lines.begin(file, choice, options.mostThreads());
      List<CheckRecord> checks =
          noCheck
              ? List.of()
              : new BenchChecks(opened, file, options, places, lines::decided).run(plan.tokens());
      checks.forEach(lines::checked);
      Processor processor = Processor.probe();
      Environment.Bandwidth bandwidth =
          gpu.isPresent() ? gpu.get().bandwidth() : bandwidth(processor);
      lines.bandwidth(bandwidth);
      Subject subject = subject(file, choice, gpu, places);
      Environment environment =
          options
              .backend()
              .noted(
                  MachineProbe.environment(
                      processor, Optional.of(bandwidth), gpu.map(GpuSubject::device)));
      if (speculation.asked(places).isPresent()) {
        return speculative(places, plan, opened, subject, environment, checks, lines);
      }
      if (peers.wanted()) {
        return compared(plan, opened, processor, subject, environment, checks, lines);
      }
      BenchRun run = new BenchRun(plan, opened, lines);
      BenchKeeper keeper = new BenchKeeper(run, subject, environment, checks, out, lines);
      BenchFiles files = measure(run, keeper);
      lines.table(keeper.record(Status.complete()));
      lines.experts(run.dispatch());
      if (profile) {
        profile(plan, opened, lines);
      }
      lines.files(files);
      boolean wrong = keeper.record(Status.complete()).correctness() == Correctness.FAILED;
      return (wrong ? ExitCode.FAILED : ExitCode.DONE).code();
    }
  }

  private static Subject subject(
      ModelFile file, BackendChoice choice, Optional<GpuSubject> gpu, ModelPlaces places) {
    return new Subject(
        file,
        choice.kind(),
        gpu.map(GpuSubject::runtime).orElse(DeviceRuntime.CPU),
        Fingerprint.build(
            Optional.ofNullable(Rocmforge.class.getPackage().getImplementationVersion()),
            places.project(),
            gpu.isPresent()));
  }

  private int operations(ModelPlaces places, BenchLines lines) throws InterruptedException {
    return new JmhBench(jmh.plan(options), !noCheck, out, lines, spec.commandLine().getOut())
        .run(options.backend().choice(), places.project())
        .code();
  }

  /** With drafts and without, in turns. */
  private int speculative(
      ModelPlaces places,
      BenchPlan plan,
      Model opened,
      Subject subject,
      Environment environment,
      List<CheckRecord> checks,
      BenchLines lines) {
    var bench =
        new SpeculativeBench(
            plan, speculation.asked(places).orElseThrow(), lines, spec.commandLine().getOut());
    List<SpeculativeRun.Pair> pairs = bench.run(opened);
    List<CheckRecord> all = new ArrayList<>(checks);
    all.add(SpeculativeBench.check(pairs));
    lines.checked(all.getLast());
    RunRecord record =
        RunRecord.of(
            Status.complete(), subject, environment, SpeculativeBench.measurements(pairs), all);
    bench.table(pairs, record, BenchFiles.write(record, out));
    return (record.correctness() == Correctness.FAILED ? ExitCode.FAILED : ExitCode.DONE).code();
  }

  private void checkProfileAndPlace() {
    if (profile) {
      options.backend().requireGpu("--profile");
    }
    OutputPlace.checkFolder(out);
  }

  private void checkPeers() {
    if (peers.wanted()) {
      if (jmh.wanted() || profile) {
        throw new ParameterException(
            spec.commandLine(), "--peers and --peer-command go with neither --jmh nor --profile");
      }
      peers.check(options.standard(), options.backend().choice() == BackendChoice.GPU);
    }
  }

  /** Ours and other engines, in turns. */
  private int compared(
      BenchPlan plan,
      Model opened,
      Processor processor,
      Subject subject,
      Environment environment,
      List<CheckRecord> checks,
      BenchLines lines) {
    boolean gpu = options.backend().choice() == BackendChoice.GPU;
    BenchPlan turns = options.repetitionsGiven() ? plan : plan.withRepetitions(PEER_TURNS);
    var others =
        peers.open(turns, opened.file().path(), processor, gpu, System.getenv(), lines::decided);
    var bench = new PeerBench(turns, opened, others, lines, spec.commandLine().getOut());
    List<CheckRecord> all = new ArrayList<>(checks);
    all.addAll(bench.check());
    List<PeerRun.Result> results = bench.run();
    RunRecord record =
        RunRecord.of(Status.complete(), subject, environment, PeerBench.measurements(results), all);
    bench.table(results, record, BenchFiles.write(record, out));
    return (record.correctness() == Correctness.FAILED ? ExitCode.FAILED : ExitCode.DONE).code();
  }

  private Environment.Bandwidth bandwidth(Processor processor) throws InterruptedException {
    return MemoryBandwidth.measure(
        options.mostThreads(), processor.lastLevelCacheBytes().orElse(0));
  }

  /** Stages of every workload that decodes. */
  private void profile(BenchPlan plan, Model opened, BenchLines lines) {
    for (BenchTask task : plan.tasks()) {
      if (task.kind() == Workload.Kind.DECODE) {
        try (Backend profiling = options.backend().openToProfile(lines::decided)) {
          StageProfile.of(plan, task, opened, profiling)
              .ifPresent(found -> lines.profile(task, found));
        }
      }
    }
  }

  /** What was measured is kept, however the run ends. */
  private static BenchFiles measure(BenchRun run, BenchKeeper keeper) {
    keeper.watch();
    try {
      run.run();
      return keeper.keep(Status.complete());
    } catch (RuntimeException | OutOfMemoryError e) {
      keeper.keepPart("ended by: " + e.getMessage());
      throw e;
    } finally {
      keeper.unwatch();
    }
  }
}
