package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.Fingerprint;
import dev.rocmforge.bench.run.GoldenLogits;
import dev.rocmforge.bench.run.GoldenText;
import dev.rocmforge.bench.run.OutputCheck;
import dev.rocmforge.bench.run.OutputTolerance;
import dev.rocmforge.bench.run.TokenIds;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.guard.GuardOptions;
import dev.rocmforge.engine.inspect.ModelSummary;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.validation.model.Divergence;
import dev.rocmforge.validation.model.Equivalences;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** All checks of a whole model, in order; each is told as soon as it is known. */
final class ModelChecks {
  /**
   * Weights times tokens that a reference may multiply: some tens of seconds on a small machine.
   */
  private static final long SCALAR_WORK = 20_000_000_000L;

  private static final long VECTOR_WORK = 200_000_000_000L;
  private static final int LONGEST_WINDOW = 256;
  private static final int SHORTEST_WINDOW = 16;
  private static final int EQUIVALENT_TOKENS = 33;
  private static final int GREEDY_PROMPT = 8;
  private static final int GRAPH_STEPS = 12;

  /**
   * What the model is judged on.
   *
   * @param tokens of the text
   * @param window tokens of a window, where chosen
   * @param golden logits computed elsewhere, where given
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Texts(int[] tokens, int windows, Optional<Integer> window, Optional<Path> golden) {}

  private final Model model;
  private final BackendOptions options;
  private final BackendChoice reference;
  private final SessionOptions session;
  private final Texts texts;
  private final Consumer<CheckRecord> listener;
  private final List<CheckRecord> checks = new ArrayList<>();
  private final long parameters;

  ModelChecks(
      Model model,
      BackendOptions options,
      BackendChoice reference,
      SessionOptions session,
      Texts texts,
      Consumer<CheckRecord> listener) {
    this.model = model;
    this.options = options;
    this.reference = reference;
    this.session = session;
    this.texts = texts;
    this.listener = listener;
    parameters = ModelSummary.of(model.file()).parameters();
  }

  List<CheckRecord> run() {
    try (Backend subject = options.open(0, line -> {});
        Backend other = reference.open(0, GuardOptions.of(Map.of()), line -> {})) {
      OutputTolerance tolerance = OutputTolerance.of(subject, model, session);
      double batches = OutputTolerance.ofBatches(subject, session);
      add(goldenLogits(subject, batches));
      greedy(subject, other);
      divergence(subject, other, batches, tolerance);
      var limits = new Equivalences.Limits(batches, tolerance.mostError());
      int length = Math.min(EQUIVALENT_TOKENS, model.config().contextLength() - 8);
      new Equivalences(subject, model, session, Arrays.copyOf(texts.tokens(), length), limits)
          .run(this::add);
    }
    graph();
    return checks;
  }

  private void add(CheckRecord check) {
    checks.add(check);
    listener.accept(check);
  }

  private CheckRecord goldenLogits(Backend subject, double limit) {
    Path file =
        texts
            .golden()
            .orElseGet(
                () ->
                    ModelPlaces.standard()
                        .project()
                        .resolve("datasets/golden/oracle")
                        .resolve(
                            model
                                .file()
                                .path()
                                .getFileName()
                                .toString()
                                .replace(".gguf", ".json")));
    return Files.exists(file) || texts.golden().isPresent()
        ? GoldenLogits.check(file, model, subject, session, limit)
        : CheckRecord.skipped(
            "golden logits", "no logits of another program are known of this model");
  }

  private void greedy(Backend subject, Backend other) {
    OutputCheck check = new OutputCheck(model, subject, session);
    int steps = Math.clamp(work() / 4 / parameters, 4, 32);
    add(check.against(other, TokenIds.of(texts.tokens()).range(0, GREEDY_PROMPT), steps));
    Optional<GoldenText.Entry> known =
        GoldenText.read(ModelPlaces.standard().project().resolve("datasets/models/greedy.json"))
            .of(Fingerprint.of(model).sha256());
    String name = "greedy tokens computed elsewhere";
    if (known.isEmpty()) {
      add(CheckRecord.skipped(name, "none are known of this model"));
    } else if (!check.sameTokens()) {
      add(CheckRecord.skipped(name, "rounded activations or keys may give others"));
    } else {
      add(check.against(known.get()));
    }
  }

  private long work() {
    return reference == BackendChoice.SCALAR ? SCALAR_WORK : VECTOR_WORK;
  }

  /** The reference against itself in other pieces is the floor that no comparison gets below. */
  private void divergence(
      Backend subject, Backend other, double batches, OutputTolerance tolerance) {
    int longest = Math.min(LONGEST_WINDOW, model.config().contextLength());
    int window = texts.window().orElse(Math.clamp(work() / parameters, SHORTEST_WINDOW, longest));
    SessionOptions sized = session.withContextLength(window);
    try (Session reference = other.open(model, sized);
        Session again = other.open(model, sized.withBatchSize(7));
        Session found = subject.open(model, sized)) {
      Divergence floor =
          Divergence.of(again, reference, texts.tokens(), window, texts.windows(), false);
      add(
          judged(
              "KL divergence floor: the %s backend against itself in other pieces"
                  .formatted(other.name()),
              floor,
              limit(1e-4, floor)));
      Divergence whole =
          Divergence.of(found, reference, texts.tokens(), window, texts.windows(), false);
      add(
          judged(
              "KL divergence from the %s backend, prefill".formatted(other.name()),
              whole,
              limit(batches, whole)));
      Divergence steps =
          Divergence.of(found, reference, texts.tokens(), window, texts.windows(), true);
      add(
          judged(
              "KL divergence from the %s backend, token by token".formatted(other.name()),
              steps,
              limit(tolerance.mostError(), steps)));
    }
  }

  /**
   * Logits that are off by {@code d} each, independently, make a divergence of d^2 / 2; twice d is
   * allowed where the probability lies. Rounding to f32 alone stays below 1e-9.
   */
  private static double limit(double relative, Divergence found) {
    double d = 2 * relative * found.rms();
    return Math.max(1e-9, d * d / 2);
  }

  private static CheckRecord judged(String name, Divergence found, double limit) {
    List<Figure> figures =
        List.of(
            Figure.atMost("mean KLD", found.mean(), limit),
            plain("standard error", found.standardError(), "nats"),
            plain("99 %", found.percentile99(), "nats"),
            plain("largest", found.most(), "nats"),
            plain("same likeliest token", 100 * found.sameTop(), "%"),
            plain("perplexity", found.perplexity(), ""),
            plain("reference's perplexity", found.referencePerplexity(), ""),
            plain("predictions", found.predictions(), ""));
    return found.mean() <= limit
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, "divergence beyond its limit", figures);
  }

  private static Figure plain(String name, double value, String unit) {
    return new Figure(name, value, OptionalDouble.empty(), unit);
  }

  private void graph() {
    String name = "decode replayed as a graph and launched one by one, bit for bit";
    if (options.choice() != BackendChoice.GPU) {
      add(CheckRecord.skipped(name, "only a GPU has graphs"));
      return;
    }
    float[][] with = decoded(Map.of(GpuEnvironment.ENABLE_DECODE_GRAPH, "1"));
    float[][] without = decoded(Map.of(GpuEnvironment.DISABLE_DECODE_GRAPH, "1"));
    add(Equivalences.same(name, with, without));
  }

  private float[][] decoded(Map<String, String> variables) {
    float[][] rows = new float[GRAPH_STEPS][];
    SessionOptions sized = session.withContextLength(GREEDY_PROMPT + GRAPH_STEPS);
    try (Backend backend = options.openWith(variables, line -> {});
        Session opened = backend.open(model, sized)) {
      opened.prefill(Arrays.copyOf(texts.tokens(), GREEDY_PROMPT));
      for (int i = 0; i < GRAPH_STEPS; i++) {
        rows[i] = opened.step(texts.tokens()[GREEDY_PROMPT + i]).clone();
      }
    }
    return rows;
  }
}
