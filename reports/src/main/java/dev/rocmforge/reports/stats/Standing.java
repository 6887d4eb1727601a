package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Build;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How the newest run of a series stands against the checked ones before it.
 *
 * @param series what it is about
 * @param verdict empty for a first run: there is nothing to compare with
 * @param rateRatio rate of the newest over that of the earlier ones; above 1 is faster
 * @param reason the verdict in a sentence
 */
public record Standing(
    Series series, Optional<Verdict> verdict, Optional<Interval> rateRatio, String reason) {
  private static final int MOST_BEFORE = 10;

  public static Standing of(Series series) {
    Row latest = series.latest();
    if (!latest.checked()) {
      return new Standing(
          series,
          Optional.of(Verdict.UNCHECKED),
          Optional.empty(),
          "output " + latest.run().correctness().label());
    }
    List<Row> before = series.checkedBefore();
    if (before.isEmpty()) {
      return new Standing(series, Optional.empty(), Optional.empty(), "first run");
    }
    List<Row> recent = before.subList(Math.max(0, before.size() - MOST_BEFORE), before.size());
    double[] earlier =
        recent.stream()
            .flatMapToDouble(
                row ->
                    Arrays.stream(row.measurement().samples().totalNanos().toArray())
                        .asDoubleStream())
            .toArray();
    Comparison comparison =
        Comparison.of(
            Distribution.of(earlier),
            Distribution.of(latest.measurement().samples().totalNanos()),
            Comparison.Settings.DEFAULT);
    Interval rates = comparison.ratio().under(1);
    boolean changed =
        comparison.verdict() == Verdict.FASTER || comparison.verdict() == Verdict.SLOWER;
    boolean same = changed && sameCode(latest, recent.getLast());
    return new Standing(
        series,
        Optional.of(same ? Verdict.ENVIRONMENT : comparison.verdict()),
        Optional.of(rates),
        same
            ? "a change between runs of the same jar and kernels"
            : "against the last " + recent.size() + " checked runs");
  }

  private static boolean sameCode(Row one, Row other) {
    Build a = one.run().subject().build();
    Build b = other.run().subject().build();
    return a.jarSha256().isPresent()
        && a.jarSha256().equals(b.jarSha256())
        && a.kernelSha256().equals(b.kernelSha256());
  }
}
