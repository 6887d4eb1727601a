package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.stats.RunComparison;
import dev.rocmforge.reports.stats.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One row of the gate's table.
 *
 * @param name of the workload
 * @param subject model, backend and machine, for people
 * @param kind whether it could be compared
 * @param verdict of a compared row; {@code unchecked} for a missing one; empty for a new one
 * @param comparison of a compared row whose output was right
 * @param baselineRuns compared with
 * @param candidateRuns judged
 * @param baselineRate median tokens a second, where there are runs
 * @param candidateRate likewise
 * @param reason the verdict in words
 * @param notes what else was different, and what was left out
 */
public record GateRow(
    String name,
    String subject,
    Kind kind,
    Optional<Verdict> verdict,
    Optional<RunComparison> comparison,
    int baselineRuns,
    int candidateRuns,
    OptionalDouble baselineRate,
    OptionalDouble candidateRate,
    String reason,
    List<String> notes) {
  /** Where a row was found. */
  public enum Kind {
    /** On both sides. */
    COMPARED,
    /** In the baseline alone: the candidate did not measure it. */
    MISSING,
    /** In the candidate alone: there is nothing to compare with yet. */
    NEW
  }

  public GateRow {
    notes = List.copyOf(notes);
  }

  /** The word of the table. */
  public String word() {
    return verdict.map(Verdict::word).orElse("new");
  }

  /** What the row means for the gate. */
  public GateOutcome outcome() {
    if (kind == Kind.MISSING) {
      return GateOutcome.REGRESSION;
    }
    return verdict
        .map(
            word ->
                switch (word) {
                  case FASTER, SAME -> GateOutcome.PASS;
                  case SLOWER, UNCHECKED -> GateOutcome.REGRESSION;
                  case ENVIRONMENT -> GateOutcome.ENVIRONMENT;
                  case INCONCLUSIVE -> GateOutcome.INCONCLUSIVE;
                })
        .orElse(GateOutcome.PASS);
  }
}
