package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Ways to run the same tokens that must agree on one backend: at once or one by one, in any pieces,
 * beside another session, again, and with another cache. The backend is its own reference.
 */
public final class Equivalences {
  /** Lengths about the edges of waves and tiles. */
  private static final int[] LENGTHS = {1, 2, 7, 17, 33};

  /** Every size of pieces is run on so many tokens. */
  private static final int PIECED = 17;

  private static final int STEPS = 4;
  private static final int RANDOM_CUTS = 6;

  /** Keys and values in f16 carry up to 2^-11 of relative error each. */
  private static final double HALF_CACHE = 3e-3;

  private final Backend backend;
  private final Model model;
  private final SessionOptions options;
  private final int[] tokens;
  private final Limits limits;

  /**
   * How far logits may lie apart, relative L2.
   *
   * @param batches where both sides run batches of two tokens and more
   * @param steps where one side runs single tokens, which may have rounded activations
   */
  public record Limits(double batches, double steps) {}

  /**
   * @param tokens at least 33, less what the model's context lacks
   */
  public Equivalences(
      Backend backend, Model model, SessionOptions options, int[] tokens, Limits limits) {
    this.backend = backend;
    this.model = model;
    this.options = options.withContextLength(tokens.length + STEPS);
    this.tokens = tokens.clone();
    this.limits = limits;
  }

  /** Runs all. */
  public List<CheckRecord> run(Consumer<CheckRecord> listener) {
    List<CheckRecord> checks = new ArrayList<>();
    List<Supplier<CheckRecord>> all =
        List.of(
            this::steps,
            this::pieces,
            this::batchSizes,
            this::rewound,
            this::again,
            this::sideBySide,
            this::halfCache);
    for (Supplier<CheckRecord> one : all) {
      CheckRecord check = one.get();
      listener.accept(check);
      checks.add(check);
    }
    return checks;
  }

  private Session open() {
    return backend.open(model, options);
  }

  private int[] first(int count) {
    return Arrays.copyOf(tokens, count);
  }

  private CheckRecord steps() {
    double worst = 0;
    List<Integer> lengths = new ArrayList<>();
    try (Session session = open()) {
      for (int length : LENGTHS) {
        if (length <= tokens.length) {
          lengths.add(length);
          session.rewind(0);
          float[] expected = session.prefill(first(length)).clone();
          session.rewind(0);
          float[] found = expected;
          for (int i = 0; i < length; i++) {
            found = session.step(tokens[i]);
          }
          worst = max(worst, LogitsDistance.relative(found, expected));
        }
      }
    }
    return judged("prefill of n tokens equals n steps, n of " + lengths, worst, limits.steps());
  }

  /** All pieces of one size, then pieces of random sizes; a piece of one token is a step. */
  private CheckRecord pieces() {
    int length = Math.min(PIECED, tokens.length);
    double worst = 0;
    try (Session session = open()) {
      float[] expected = session.prefill(first(length)).clone();
      for (int size = 1; size < length; size++) {
        int[] cuts = new int[(length - 1) / size];
        for (int i = 0; i < cuts.length; i++) {
          cuts[i] = (i + 1) * size;
        }
        worst = max(worst, LogitsDistance.relative(cut(session, length, cuts), expected));
      }
      SplittableRandom random = new SplittableRandom(5);
      for (int run = 0; run < RANDOM_CUTS; run++) {
        int[] cuts = random.ints(3, 1, Math.max(2, length)).sorted().distinct().toArray();
        worst = max(worst, LogitsDistance.relative(cut(session, length, cuts), expected));
      }
    }
    String name =
        "prefill of %d tokens in pieces of 1 to %d and in %d random ones"
            .formatted(length, length - 1, RANDOM_CUTS);
    return judged(name, worst, limits.steps());
  }

  private float[] cut(Session session, int length, int... cuts) {
    session.rewind(0);
    int from = 0;
    float[] logits = {};
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? Math.min(cuts[i], length) : length;
      if (to > from) {
        logits = session.prefill(Arrays.copyOfRange(tokens, from, to));
        from = to;
      }
    }
    return logits;
  }

  private CheckRecord batchSizes() {
    int length = tokens.length / 2 * 2;
    List<Integer> sizes = List.of(2, 4, 8, 16);
    double worst = 0;
    float[] expected;
    try (Session session = open()) {
      expected = session.prefill(first(length)).clone();
    }
    for (int size : sizes) {
      try (Session session = backend.open(model, options.withBatchSize(size))) {
        worst = max(worst, LogitsDistance.relative(session.prefill(first(length)), expected));
      }
    }
    return judged(
        "prefill of %d tokens with batches of %s".formatted(length, sizes),
        worst,
        limits.batches());
  }

  private CheckRecord rewound() {
    int half = tokens.length / 2;
    try (Session session = open()) {
      float[] expected = session.prefill(tokens).clone();
      session.step(tokens[0]);
      int cut = session.keyValues().isPresent() ? half : 0;
      session.rewind(cut);
      float[] found = session.prefill(Arrays.copyOfRange(tokens, cut, tokens.length));
      boolean single = tokens.length - cut == 1;
      return judged(
          "rewound to %d of %d tokens and run again".formatted(cut, tokens.length),
          LogitsDistance.relative(found, expected),
          single ? limits.steps() : limits.batches());
    }
  }

  /** Prefill and steps as one row. */
  private float[][] course(Session session, int[] prompt) {
    float[][] rows = new float[1 + STEPS][];
    rows[0] = session.prefill(prompt).clone();
    for (int i = 0; i < STEPS; i++) {
      rows[i + 1] = session.step(prompt[i % prompt.length]).clone();
    }
    return rows;
  }

  private CheckRecord again() {
    float[][] once;
    float[][] twice;
    try (Session session = open()) {
      once = course(session, tokens);
    }
    try (Session session = open()) {
      twice = course(session, tokens);
    }
    return same("the same run twice, bit for bit", once, twice);
  }

  private CheckRecord sideBySide() {
    int[] other = tokens.clone();
    for (int i = 0; i < other.length; i++) {
      other[i] = tokens[tokens.length - 1 - i];
    }
    float[][] mine;
    float[][] theirs;
    try (Session session = open()) {
      mine = course(session, tokens);
    }
    try (Session session = open()) {
      theirs = course(session, other);
    }
    float[][] foundMine = new float[1 + STEPS][];
    float[][] foundTheirs = new float[1 + STEPS][];
    try (Session a = open();
        Session b = open()) {
      foundMine[0] = a.prefill(tokens).clone();
      foundTheirs[0] = b.prefill(other).clone();
      for (int i = 0; i < STEPS; i++) {
        foundTheirs[i + 1] = b.step(other[i % other.length]).clone();
        foundMine[i + 1] = a.step(tokens[i % tokens.length]).clone();
      }
    }
    float[][] all = concat(mine, theirs);
    float[][] found = concat(foundMine, foundTheirs);
    return same("two sessions in turn give what each gives alone, bit for bit", all, found);
  }

  private static float[][] concat(float[][] a, float[][] b) {
    float[][] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private CheckRecord halfCache() {
    float[] expected;
    float[] found;
    String name = "cache in f16 against f32";
    try (Session session = backend.open(model, options.withKvType(KvType.F32))) {
      if (session.keyValues().isEmpty()) {
        return CheckRecord.skipped(name, "the model keeps no keys and values");
      }
      expected = session.prefill(tokens).clone();
    }
    try (Session session = backend.open(model, options.withKvType(KvType.F16))) {
      found = session.prefill(tokens).clone();
    }
    return judged(
        name, LogitsDistance.relative(found, expected), Math.max(HALF_CACHE, limits.batches()));
  }

  /** NaN wins, so that it fails. */
  private static double max(double a, double b) {
    return Math.max(a, b);
  }

  static CheckRecord judged(String name, double error, double limit) {
    List<Figure> figures =
        List.of(Figure.atMost("largest relative L2 error of the logits", error, limit));
    return error <= limit
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, "relative L2 error beyond its limit", figures);
  }

  /** Equal bits in every row. */
  public static CheckRecord same(String name, float[][] expected, float[][] found) {
    int different = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      if (!Arrays.equals(expected[i], found[i])) {
        different++;
        worst = max(worst, LogitsDistance.relative(found[i], expected[i]));
      }
    }
    List<Figure> figures =
        List.of(
            Figure.atMost("rows of " + expected.length + " that differ", different, 0),
            new Figure("largest relative L2 error", worst, OptionalDouble.empty(), ""));
    return different == 0
        ? CheckRecord.passed(name, figures)
        : CheckRecord.failed(name, different + " rows differ", figures);
  }
}
