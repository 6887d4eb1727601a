package dev.rocmforge.bench.run;

import dev.rocmforge.engine.route.GpuEnvironment;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The benchmarks of the documented system, as it ran them on one machine on 10 April 2026: prompt
 * {@code Hello} without a template, greedy, stopping at nothing.
 */
public enum DocumentedBenchmark {
  SMALL_GRAPH(
      "05b-graph",
      "Qwen2.5-0.5B Q4_0, decode graph on",
      Weights.SMALL,
      10,
      1,
      128,
      OptionalDouble.of(408.7),
      526.8,
      Map.of(GpuEnvironment.ENABLE_DECODE_GRAPH, "1", GpuEnvironment.ENABLE_Q8_ACTIVATIONS, "1")),
  SMALL_PLAIN(
      "05b-plain",
      "Qwen2.5-0.5B Q4_0, decode graph off",
      Weights.SMALL,
      5,
      1,
      128,
      OptionalDouble.empty(),
      486.0,
      Map.of(GpuEnvironment.DISABLE_DECODE_GRAPH, "1", GpuEnvironment.ENABLE_Q8_ACTIVATIONS, "1")),
  LARGE(
      "7b",
      "Qwen2.5-7B Q4_0, command line",
      Weights.LARGE,
      3,
      0,
      64,
      OptionalDouble.of(32.0),
      106.6,
      Map.of(GpuEnvironment.ENABLE_DECODE_GRAPH, "1", GpuEnvironment.ENABLE_Q8_ACTIVATIONS, "1"));

  /** The models they ran. */
  public enum Weights {
    SMALL(
        "05b", "Qwen2.5-0.5B", "qwen2.5-0.5b-instruct-f16", List.of("qwen2.5-0.5b-instruct-q4_0")),
    LARGE("7b", "Qwen2.5-7B", "qwen2.5-7b-instruct-f16", List.of());

    private final String word;
    private final String shape;
    private final String source;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> published;

    Weights(String word, String shape, String source, List<String> published) {
      this.word = word;
      this.shape = shape;
      this.source = source;
      this.published = published;
    }

    public String word() {
      return word;
    }

    /** Of the synthetic stand-in. */
    public String shape() {
      return shape;
    }

    /** Named model that the pure Q4_0 file is made of. */
    public String source() {
      return source;
    }

    /** Named models that are run as they were published. */
    public List<String> published() {
      return published;
    }
  }

  private final String word;
  private final String title;
  private final Weights weights;
  private final int runs;
  private final int warmUps;
  private final int tokens;
  private final OptionalDouble prefill;
  private final double decode;

  @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
  private final Map<String, String> variables;

  DocumentedBenchmark(
      String word,
      String title,
      Weights weights,
      int runs,
      int warmUps,
      int tokens,
      OptionalDouble prefill,
      double decode,
      Map<String, String> variables) {
    this.word = word;
    this.title = title;
    this.weights = weights;
    this.runs = runs;
    this.warmUps = warmUps;
    this.tokens = tokens;
    this.prefill = prefill;
    this.decode = decode;
    this.variables = variables;
  }

  /** What it is called on the command line. */
  public String word() {
    return word;
  }

  public String title() {
    return title;
  }

  public Weights weights() {
    return weights;
  }

  public int runs() {
    return runs;
  }

  public int warmUps() {
    return warmUps;
  }

  public int tokens() {
    return tokens;
  }

  /** Documented average in tokens a second, where one is. */
  public OptionalDouble prefill() {
    return prefill;
  }

  /** Documented average in tokens a second. */
  public double decode() {
    return decode;
  }

  /** Set for the measuring process; each must be set by the process that starts it. */
  public Map<String, String> variables() {
    return variables;
  }

  /** What must be known to read its figures. */
  public List<String> caveats() {
    return switch (this) {
      case SMALL_GRAPH, SMALL_PLAIN ->
          List.of(
              "The documented run used the published file, in which some tensors are Q4_1; the pure"
                  + " file beside it has other bytes.");
      case LARGE ->
          List.of(
              "The documented figure is of three calls of the command line; here three repetitions"
                  + " of one process, without a warm-up.");
    };
  }
}
