package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.SortedMap;

/**
 * What was asked of the engine; two measurements compare only where all of this but {@code
 * repetitions} and {@code warmUp} is equal.
 *
 * @param kind prefill, decode or operation
 * @param promptTokens tokens of the prompt
 * @param generatedTokens tokens generated; 0 for prefill
 * @param depth tokens already in the cache before the prompt
 * @param batch tokens handed to the engine at once during prefill
 * @param threads CPU threads of the engine
 * @param kvType type of the KV cache, such as {@code f16}
 * @param preset such as {@code standard} or {@code documented-0.5b}
 * @param seed of the synthetic tokens
 * @param promptSha256 of the token ids as little-endian 32-bit integers
 * @param repetitions planned
 * @param warmUp what ran before and is not counted
 * @param settings further switches that change the speed, such as {@code graph=on}; those of an
 *     operation are its name, under {@value #OPERATION}, and its parameters
 */
public record Workload(
    Kind kind,
    int promptTokens,
    int generatedTokens,
    int depth,
    int batch,
    int threads,
    String kvType,
    String preset,
    long seed,
    String promptSha256,
    int repetitions,
    WarmUp warmUp,
    SortedMap<String, String> settings) {
  /** Setting that names an operation. */
  public static final String OPERATION = "operation";

  /**
   * Each repetition of an operation is the time of so many, from what the measuring tool says one
   * took: enough to keep a nanosecond's fraction, and the same in every run.
   */
  public static final int OPERATIONS_PER_REPETITION = 1000;

  /** The two phases of inference, or a single operation of the engine measured by itself. */
  public enum Kind {
    @JsonProperty("prefill")
    PREFILL,
    @JsonProperty("decode")
    DECODE,
    /** A micro benchmark: no prompt, no model; {@code settings} name it and its parameters. */
    @JsonProperty("operation")
    OPERATION
  }

  /**
   * The repetitions before the counted ones.
   *
   * @param repetitions how many ran
   * @param flat whether the times had stopped falling when counting began
   * @param judgement how that was decided, in words
   */
  public record WarmUp(int repetitions, boolean flat, String judgement) {
    public WarmUp {
      Require.atLeast(0, repetitions, "warmUp.repetitions");
      Require.text(judgement, "warmUp.judgement");
    }
  }

  public Workload {
    Require.present(kind, "workload.kind");
    Require.atLeast(kind == Kind.PREFILL ? 1 : 0, promptTokens, "workload.promptTokens");
    Require.atLeast(kind == Kind.DECODE ? 1 : 0, generatedTokens, "workload.generatedTokens");
    Require.atLeast(0, depth, "workload.depth");
    Require.atLeast(1, batch, "workload.batch");
    Require.atLeast(1, threads, "workload.threads");
    Require.text(kvType, "workload.kvType");
    Require.text(preset, "workload.preset");
    Require.sha256(promptSha256, "workload.promptSha256");
    Require.atLeast(1, repetitions, "workload.repetitions");
    Require.present(warmUp, "workload.warmUp");
    settings = Sorted.copyOf(settings, "workload.settings");
    Require.that(
        kind != Kind.OPERATION || settings.containsKey(OPERATION),
        "workload.settings",
        "the name of the operation under '" + OPERATION + "'",
        settings);
  }

  /** The short name people know: {@code pp512}, {@code tg128}, {@code tg128 @ d4096}. */
  public String name() {
    String base =
        switch (kind) {
          case PREFILL -> "pp" + promptTokens;
          case DECODE -> "tg" + generatedTokens;
          case OPERATION -> operationName();
        };
    return depth == 0 ? base : base + " @ d" + depth;
  }

  private String operationName() {
    StringBuilder name = new StringBuilder(settings.get(OPERATION));
    settings.forEach(
        (key, value) -> name.append(key.equals(OPERATION) ? "" : " " + key + "=" + value));
    return name.toString();
  }

  /** What a rate of it counts. */
  public String unit() {
    return switch (kind) {
      case PREFILL, DECODE -> "tokens/s";
      case OPERATION -> "operations/s";
    };
  }
}
