package dev.rocmforge.reports.gate;

import java.util.List;

/**
 * All rows of one judgement.
 *
 * @param rows compared ones first, then missing, then new
 * @param settings that they were judged by
 * @param facts what was compared, in words: hashes of both sides, how runs were taken
 */
public record GateResult(List<GateRow> rows, GateSettings settings, List<String> facts) {
  public GateResult {
    rows = List.copyOf(rows);
    facts = List.copyOf(facts);
  }

  /** Whether any row could be compared. */
  public boolean comparable() {
    return rows.stream().anyMatch(row -> row.kind() == GateRow.Kind.COMPARED);
  }

  /** The worst of the rows; {@link GateOutcome#ENVIRONMENT} when none could be compared. */
  public GateOutcome outcome() {
    if (!comparable()) {
      return GateOutcome.ENVIRONMENT;
    }
    return rows.stream()
        .map(GateRow::outcome)
        .max(GateOutcome::compareTo)
        .orElse(GateOutcome.ENVIRONMENT);
  }
}
