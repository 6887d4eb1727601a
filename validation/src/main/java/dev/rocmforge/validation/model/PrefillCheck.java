package dev.rocmforge.validation.model;

import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A prefill judged twice: the logits of the path that really runs, with nobody looking; then every
 * operation of a second run under a probe. The second tells where a bad value came from, and finds
 * one that something swallowed on the way to the logits.
 *
 * @param tokens of the prompt
 * @param nanos of the first run
 * @param logits of the first run
 * @param watched logits of the second run
 * @param first the first bad value of the second run
 * @param largest finite magnitude before it
 */
public record PrefillCheck(
    int tokens,
    long nanos,
    LogitsHealth logits,
    LogitsHealth watched,
    Optional<BadValue> first,
    FiniteWatch.Largest largest) {
  /**
   * Runs both; each in a session of its own, one after the other.
   *
   * @param open opens a session with room for the prompt and with the given probe
   */
  public static PrefillCheck of(Function<Probe, Session> open, int[] tokens) {
    LogitsHealth plain;
    long nanos;
    try (Session session = open.apply(Probe.NONE)) {
      long start = System.nanoTime();
      float[] logits = session.prefill(tokens);
      nanos = System.nanoTime() - start;
      plain = LogitsHealth.of(logits);
    }
    FiniteWatch watch = new FiniteWatch();
    try (Session session = open.apply(watch)) {
      LogitsHealth watched = LogitsHealth.of(session.prefill(tokens));
      return new PrefillCheck(tokens.length, nanos, plain, watched, watch.first(), watch.largest());
    }
  }

  /** Whether every logit and every value on the way was finite. */
  public boolean finite() {
    return logits.finite() && watched.finite() && first.isEmpty();
  }

  /** What is wrong, in one sentence; empty where nothing is. */
  public Optional<String> failure() {
    if (!logits.finite()) {
      return Optional.of("logits hold " + counted(logits) + origin());
    }
    if (!watched.finite()) {
      return Optional.of("logits of the watched run hold " + counted(watched) + origin());
    }
    return first.map(bad -> "logits are finite, yet on the way stood " + bad + before());
  }

  private String origin() {
    return first
        .map(bad -> "; first bad value: " + bad + before())
        .orElse("; launch by launch everything is finite: the fused path alone does it");
  }

  private String before() {
    return "; largest finite magnitude before it %.6g %s"
        .formatted(largest.value(), largest.place());
  }

  private static String counted(LogitsHealth health) {
    return "%d NaN and %d Inf of %d".formatted(health.nans(), health.infinities(), health.count());
  }

  /** As a record. */
  public CheckRecord record(String path) {
    String name = "prefill of " + tokens + " tokens is finite, " + path;
    List<Figure> figures =
        List.of(
            Figure.atMost("NaN and Inf among the logits", logits.nans() + logits.infinities(), 0),
            new Figure("largest finite magnitude", largest.value(), OptionalDouble.empty(), ""));
    return failure()
        .map(reason -> CheckRecord.failed(name, reason, figures))
        .orElseGet(() -> CheckRecord.passed(name, figures));
  }
}
