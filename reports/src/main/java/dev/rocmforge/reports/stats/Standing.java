package dev.rocmforge.reports.stats;

import java.util.List;
import java.util.Optional;

/**
 * How the newest runs of a series stand against the checked ones before them.
 *
 * @param series what it is about
 * @param judgement empty where there is nothing to compare with
 */
public record Standing(Series series, Optional<Judgement> judgement) {
  private static final int MOST_BEFORE = 50;

  /** Judges the newest five checked runs, or fewer, by up to 50 before them. */
  public static Standing of(Series series) {
    Row latest = series.latest();
    if (!latest.checked()) {
      Judgement unchecked =
          new Judgement(
              Verdict.UNCHECKED, Optional.empty(), "output " + latest.run().correctness().label());
      return new Standing(series, Optional.of(unchecked));
    }
    List<Row> checked = series.rows().stream().filter(Row::checked).toList();
    int least = RunComparison.Settings.DEFAULT.minimumRuns();
    int newest = Math.clamp(checked.size() - (long) least, 1, least);
    List<Row> before = checked.subList(0, checked.size() - newest);
    if (before.isEmpty()) {
      return new Standing(series, Optional.empty());
    }
    return new Standing(
        series,
        Optional.of(
            Judgement.of(
                before.subList(Math.max(0, before.size() - MOST_BEFORE), before.size()),
                checked.subList(checked.size() - newest, checked.size()))));
  }

  /** Empty for a first run. */
  public Optional<Verdict> verdict() {
    return judgement.map(Judgement::verdict);
  }

  /** Rate of the newest over that of the earlier ones; above 1 is faster. */
  public Optional<Interval> rateRatio() {
    return judgement.flatMap(Judgement::rateRatio);
  }

  /** The verdict in words. */
  public String reason() {
    return judgement.map(Judgement::reason).orElse("first run");
  }
}
