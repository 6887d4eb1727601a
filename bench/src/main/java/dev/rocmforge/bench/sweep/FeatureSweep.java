package dev.rocmforge.bench.sweep;

import dev.rocmforge.bench.run.OutputTolerance;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.bench.run.TokenSource;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.Choice;
import dev.rocmforge.engine.gpu.GpuBackend;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.LaunchShapes;
import dev.rocmforge.engine.gpu.feature.DeviceFeatures;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Comparison;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.validation.model.LogitsDistance;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs the cells of one model on one device. Each cell is checked against a CPU backend, then timed
 * in turns with the baseline: prefill and decode of the one, then of the other. Both hold the
 * weights, so twice the model's memory is needed.
 */
public final class FeatureSweep {
  private static final long SEED = 42;

  /**
   * The device and what is said of it.
   *
   * @param settings of the runtime
   * @param features of the device, after the overrides
   * @param base device index and wave
   * @param root the project's folder
   */
  public record Place(HipSettings settings, DeviceFeatures features, GpuOptions base, Path root) {}

  private final Place place;
  private final Model model;
  private final SweepPlan plan;
  private final Subject subject;
  private final Supplier<Environment> environment;
  private final int[] tokens;
  private final Map<KvStorage, float[][]> expected = new HashMap<>();

  /**
   * Computes what the reference says; the slow part for a large model.
   *
   * @param reference a CPU backend
   * @param environment asked before each record
   */
  public FeatureSweep(
      Place place,
      Model model,
      SweepPlan plan,
      Subject subject,
      Backend reference,
      Supplier<Environment> environment) {
    this.place = place;
    this.model = model;
    this.plan = plan;
    this.subject = subject;
    this.environment = environment;
    int deepest = plan.depths().stream().mapToInt(Integer::intValue).max().orElse(0);
    tokens =
        new TokenSource(SEED, model.config().vocabularySize(), Optional.empty())
            .first(plan.contextLength(deepest))
            .toArray();
    for (KvStorage kv : plan.kvTypes()) {
      try (Session session = reference.open(model, options(kv, 0))) {
        expected.put(kv, new CellRun(plan, session, tokens, 0).logits());
      }
    }
  }

  private SessionOptions options(KvStorage kv, int depth) {
    return SessionOptions.DEFAULT.withContextLength(plan.contextLength(depth)).withKv(kv);
  }

  /**
   * Runs some cells.
   *
   * @param cells of this model
   * @param listener told of each as soon as it is known
   */
  public void run(List<SweepCell> cells, Consumer<SweepCell.Result> listener) {
    for (SweepCell cell : cells) {
      Optional<String> obstacle = cell.kernels().obstacle(place.features(), model, cell.q8());
      listener.accept(
          obstacle.isPresent() ? new SweepCell.Absent(cell, obstacle.get()) : measured(cell));
    }
  }

  private GpuBackend open(SweepCell cell) {
    GpuOptions options =
        cell.kernels()
            .options(
                place
                    .base()
                    .withGraph(cell.graph() ? Choice.ON : Choice.OFF)
                    .withQ8Activations(cell.q8() ? Choice.ON : Choice.OFF));
    LaunchShapes tuned = LaunchShapes.of(place.root(), place.features().architecture());
    return GpuBackend.open(place.settings(), options, cell.kernels().shapes(tuned));
  }

  private SweepCell.Ran measured(SweepCell cell) {
    SweepCell plain = cell.baseline();
    try (GpuBackend mine = open(cell);
        Session session = mine.open(model, options(cell.kvType(), cell.depth()));
        GpuBackend other = open(plain);
        Session against = other.open(model, options(plain.kvType(), plain.depth()))) {
      CellRun found = new CellRun(plan, session, tokens, cell.depth());
      CellRun baseline = new CellRun(plan, against, tokens, cell.depth());
      double error = error(mine, cell, found, baseline);
      found.warmUp();
      baseline.warmUp();
      for (int i = 0; i < plan.repetitions(); i++) {
        baseline.repetition();
        found.repetition();
      }
      return result(cell, error, found, baseline);
    }
  }

  /** The larger of the error against the reference at the start, and of that at the depth. */
  private double error(GpuBackend backend, SweepCell cell, CellRun found, CellRun baseline) {
    double worst = 0;
    try (Session session = backend.open(model, options(cell.kvType(), 0))) {
      float[][] mine = new CellRun(plan, session, tokens, 0).logits();
      worst = farthest(mine, expected.get(cell.kvType()));
    }
    if (cell.depth() == 0) {
      return worst;
    }
    return Math.max(worst, farthest(found.logits(), baseline.logits()));
  }

  private static double farthest(float[][] found, float[][] expected) {
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, LogitsDistance.relative(found[i], expected[i]));
    }
    return worst;
  }

  private double limit(SweepCell cell) {
    return OutputTolerance.ofKernels(
            model,
            cell.q8(),
            cell.kernels() == KernelChoice.WMMA || cell.kernels() == KernelChoice.DOT2,
            cell.kvType())
        .mostError();
  }

  private SweepCell.Ran result(SweepCell cell, double error, CellRun found, CellRun baseline) {
    Measurement prefill =
        measurement(cell, Workload.Kind.PREFILL, plan.prompt(), 0, found.prefills());
    Measurement decode =
        measurement(cell, Workload.Kind.DECODE, 0, plan.generated(), found.decodes());
    double limit = limit(cell);
    String name = "logits against the CPU and, at a depth, the baseline cell";
    List<Figure> figures = List.of(Figure.atMost("largest relative L2 error", error, limit));
    CheckRecord check =
        error <= limit
            ? CheckRecord.passed(name, figures)
            : CheckRecord.failed(name, "relative L2 error beyond its limit", figures);
    RunRecord record =
        RunRecord.of(
            Status.complete(),
            subject,
            environment.get(),
            List.of(prefill, decode),
            List.of(check));
    boolean itself = cell.equals(cell.baseline());
    return new SweepCell.Ran(
        cell,
        error,
        limit,
        prefill,
        decode,
        itself ? Optional.empty() : Optional.of(faster(baseline.prefills(), found.prefills())),
        itself ? Optional.empty() : Optional.of(faster(baseline.decodes(), found.decodes())),
        record);
  }

  /** How many times as fast as the baseline, from medians of interleaved repetitions. */
  private static Interval faster(Samples baseline, Samples found) {
    return Comparison.of(
            Distribution.of(baseline.totalNanos()),
            Distribution.of(found.totalNanos()),
            Comparison.Settings.DEFAULT)
        .ratio()
        .under(1);
  }

  private Measurement measurement(
      SweepCell cell, Workload.Kind kind, int prompt, int generated, Samples samples) {
    int count = cell.depth() + Math.max(prompt, generated);
    Workload workload =
        new Workload(
            kind,
            prompt,
            generated,
            cell.depth(),
            SessionOptions.DEFAULT.batchSize(),
            1,
            cell.kvType().word(),
            "sweep",
            SEED,
            TokenSource.sha256(TokenIds.of(tokens).range(0, count)),
            plan.repetitions(),
            new Workload.WarmUp(1, false, "one beside the baseline's"),
            new TreeMap<>(cell.settings()));
    return new Measurement(workload, samples, Optional.empty());
  }
}
