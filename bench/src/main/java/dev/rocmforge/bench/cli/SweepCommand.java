package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.bench.sweep.DocumentedExpectation;
import dev.rocmforge.bench.sweep.EvidenceTable;
import dev.rocmforge.bench.sweep.FeatureSweep;
import dev.rocmforge.bench.sweep.SweepCell;
import dev.rocmforge.bench.sweep.SweepPlan;
import dev.rocmforge.bench.sweep.SweepTable;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.reports.record.BackendKind;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.store.History;
import dev.rocmforge.validation.machine.MachineProbe;
import dev.rocmforge.validation.machine.Processor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sweep}: every combination of features on one GPU, checked and timed. */
@Command(
    name = "sweep",
    description = {
      "Checks and times every combination of kernels, graph, q8 activations, KV type, model and",
      "depth on one GPU, each beside the plainest one; then what is claimed, emitted, checked and",
      "measured. Exit code 1 if an output is wrong."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SweepCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  @Spec private CommandSpec spec;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      split = ",",
      defaultValue = ModelPlaces.EMBEDDED_DEFAULT,
      description = "Models, which differ by quantization (default: ${DEFAULT-VALUE}).")
  private List<String> models;

  @Mixin private SweepAxes axes;

  @Mixin private SweepDevice device;
  @Mixin private ShardOption sharding;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "rocmforge-reports",
      description = "Folder for history and tables (default: ${DEFAULT-VALUE}).")
  private Path out;

  private final List<SweepCell.Result> results = new ArrayList<>();
  private int wrong;

  @Override
  public Integer call() {
    OutputPlace.checkFolder(out);
    SweepPlan plan = axes.plan();
    PrintWriter err = spec.commandLine().getErr();
    ModelPlaces places = ModelPlaces.standard();
    try (GuardedBackend guarded = device.open(err::println)) {
      DeviceFeatures features = guarded.features();
      HipSettings settings = HipSettings.ofEnvironment();
      Path root =
          settings
              .root()
              .orElseThrow(() -> new InputException("the project's folder was not found"));
      GpuOptions base =
          GpuOptions.DEFAULT
              .withDeviceIndex(guarded.selection().device().index())
              .withWave(features.waveSize());
      var place = new FeatureSweep.Place(settings, features, base, root);
      List<SweepCell> part = sharding.shard().part(cells(plan));
      err.printf("sweep: %d cells on %s%n", part.size(), features.architecture());
      for (String name : models) {
        Path file = places.resolve(name);
        List<SweepCell> mine =
            part.stream().filter(cell -> cell.model().equals(label(file))).toList();
        if (!mine.isEmpty()) {
          model(place, guarded, file, plan, mine);
        }
      }
      finish(root, features.architecture(), GpuSubject.of(guarded).runtime().label());
    }
    return (wrong > 0 ? ExitCode.FAILED : ExitCode.DONE).code();
  }

  private List<SweepCell> cells(SweepPlan plan) {
    ModelPlaces places = ModelPlaces.standard();
    return models.stream().flatMap(m -> plan.cells(label(places.resolve(m))).stream()).toList();
  }

  private static String label(Path file) {
    return file.getFileName().toString().replaceFirst("\\.gguf$", "");
  }

  private void model(
      FeatureSweep.Place place,
      GuardedBackend guarded,
      Path file,
      SweepPlan plan,
      List<SweepCell> cells) {
    try (Model model = Model.open(file);
        VectorBackend reference = new VectorBackend(Runtime.getRuntime().availableProcessors())) {
      guarded.plan(model, SessionOptions.DEFAULT.withContextLength(plan.longestContext()));
      GpuSubject gpu = GpuSubject.of(guarded);
      Subject subject =
          new Subject(
              Fingerprint.of(model),
              BackendKind.GPU,
              gpu.runtime(),
              Fingerprint.build(
                  Optional.ofNullable(Rocmforge.class.getPackage().getImplementationVersion()),
                  ModelPlaces.standard().project(),
                  true));
      Processor processor = Processor.probe();
      FeatureSweep sweep =
          new FeatureSweep(
              place,
              model,
              plan,
              subject,
              reference,
              () ->
                  MachineProbe.environment(
                      processor, Optional.of(gpu.bandwidth()), Optional.of(gpu.device())));
      sweep.run(cells, this::decided);
    }
  }

  private void decided(SweepCell.Result result) {
    results.add(result);
    PrintWriter err = spec.commandLine().getErr();
    switch (result) {
      case SweepCell.Absent absent -> err.printf("  %s: %s%n", absent.cell(), absent.reason());
      case SweepCell.Ran ran -> {
        wrong += ran.right() ? 0 : 1;
        History.in(out).append(ran.record());
        err.printf("  %s: %s%n", ran.cell(), ran.right() ? "right" : "WRONG, error " + ran.error());
      }
    }
    err.flush();
  }

  private void finish(Path root, String architecture, String runtime) {
    String text =
        "# Sweep of %s, %s%n%n%s%n".formatted(architecture, runtime, SweepTable.markdown(results))
            + "## Evidence\n\n"
            + new EvidenceTable(root).markdown(architecture, runtime, results)
            + "\n## The documented expectations: projections beside what was measured\n\n"
            + DocumentedExpectation.markdown(root, architecture, results);
    Path file = out.resolve("sweep-" + architecture + "-" + TIME.format(Instant.now()) + ".md");
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
    PrintWriter writer = spec.commandLine().getOut();
    writer.print(text);
    writer.println(file);
    writer.flush();
  }
}
