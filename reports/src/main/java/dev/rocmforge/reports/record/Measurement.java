package dev.rocmforge.reports.record;

import java.util.Optional;

/**
 * One workload and its raw samples.
 *
 * @param workload what was asked for
 * @param samples what was measured; fewer repetitions than the workload plans when interrupted
 * @param traffic bytes a token moves, where the engine declares them
 */
public record Measurement(Workload workload, Samples samples, Optional<Traffic> traffic) {
  public Measurement {
    Require.present(workload, "measurement.workload");
    Require.present(samples, "measurement.samples");
    Require.present(traffic, "measurement.traffic");
    Require.that(
        samples.repetitions().size() <= workload.repetitions(),
        "measurement.samples",
        "at most " + workload.repetitions() + " repetitions",
        samples.repetitions().size());
  }

  /**
   * Tokens that one repetition works through: the prompt's for prefill, the new ones for decode. Of
   * an operation, how many were done.
   */
  public int tokensPerRepetition() {
    return switch (workload.kind()) {
      case PREFILL -> workload.promptTokens();
      case DECODE -> workload.generatedTokens();
      case OPERATION -> Workload.OPERATIONS_PER_REPETITION;
    };
  }
}
