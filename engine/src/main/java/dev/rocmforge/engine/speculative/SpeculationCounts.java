package dev.rocmforge.engine.speculative;

import java.util.ArrayList;
import java.util.List;

/**
 * What speculation did in a generation.
 *
 * @param passes of the model, plain steps among them
 * @param plainSteps passes without a draft
 * @param drafted by place in the draft: how many tokens were proposed there
 * @param accepted by place: how many of them were confirmed
 */
public record SpeculationCounts(
    long passes, long plainSteps, List<Long> drafted, List<Long> accepted) {
  public SpeculationCounts {
    drafted = List.copyOf(drafted);
    accepted = List.copyOf(accepted);
  }

  public long draftedTokens() {
    return drafted.stream().mapToLong(Long::longValue).sum();
  }

  public long acceptedTokens() {
    return accepted.stream().mapToLong(Long::longValue).sum();
  }

  /** Confirmed of the proposed, 0 where nothing was. */
  public double acceptance() {
    return draftedTokens() == 0 ? 0 : (double) acceptedTokens() / draftedTokens();
  }

  /** Both together; places that one of them lacks count as 0 there. */
  public SpeculationCounts plus(SpeculationCounts other) {
    return new SpeculationCounts(
        passes + other.passes,
        plainSteps + other.plainSteps,
        sum(drafted, other.drafted),
        sum(accepted, other.accepted));
  }

  private static List<Long> sum(List<Long> a, List<Long> b) {
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      sums.add((i < a.size() ? a.get(i) : 0) + (i < b.size() ? b.get(i) : 0));
    }
    return sums;
  }
}
