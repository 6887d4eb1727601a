package dev.rocmforge.reports.record;

import java.util.List;
import java.util.OptionalLong;

/**
 * Raw times of one measurement, nothing averaged and nothing left out.
 *
 * @param repetitions the counted ones, in order
 * @param warmUpNanos whole repetitions before them, in order
 */
public record Samples(List<Repetition> repetitions, Nanos warmUpNanos) {
  public Samples {
    repetitions = List.copyOf(Require.present(repetitions, "samples.repetitions"));
    Require.present(warmUpNanos, "samples.warmUpNanos");
  }

  /** Whole time of each counted repetition, in order. */
  public Nanos totalNanos() {
    return Nanos.of(repetitions.stream().mapToLong(Repetition::totalNanos).toArray());
  }

  /**
   * One counted repetition.
   *
   * @param totalNanos of the measured phase: the prefill, or all steps of the decode
   * @param firstTokenNanos from the start of the prompt to the first token, where it was measured
   * @param tokenNanos of every step of a decode, in order; empty for prefill
   */
  public record Repetition(long totalNanos, OptionalLong firstTokenNanos, Nanos tokenNanos) {
    public Repetition {
      Require.atLeast(1, totalNanos, "repetition.totalNanos");
      Require.present(firstTokenNanos, "repetition.firstTokenNanos")
          .ifPresent(nanos -> Require.atLeast(1, nanos, "repetition.firstTokenNanos"));
      Require.present(tokenNanos, "repetition.tokenNanos");
    }

    public static Repetition prefill(long totalNanos) {
      return new Repetition(totalNanos, OptionalLong.empty(), Nanos.of());
    }

    /** A decode whose whole time is the sum of its steps. */
    public static Repetition decode(OptionalLong firstTokenNanos, Nanos tokenNanos) {
      return new Repetition(tokenNanos.sum(), firstTokenNanos, tokenNanos);
    }
  }
}
