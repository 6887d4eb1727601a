package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Build;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the runs of one workload say against earlier or other runs of it.
 *
 * @param verdict the word it ends in
 * @param rateRatio rate of the later runs over that of the earlier ones with its interval; above 1
 *     is faster; empty where nothing was compared
 * @param reason the verdict in words
 */
public record Judgement(Verdict verdict, Optional<Interval> rateRatio, String reason) {
  /**
   * Judges checked rows; from five runs of either side on by what differs from run to run, with
   * fewer by the samples within the runs, which the reason then says.
   *
   * @param before oldest first, at least one
   * @param after oldest first, at least one
   */
  public static Judgement of(List<Row> before, List<Row> after) {
    Optional<Row> unchecked = lastUnchecked(before, after);
    if (unchecked.isPresent()) {
      return new Judgement(
          Verdict.UNCHECKED,
          Optional.empty(),
          "output " + unchecked.get().run().correctness().label());
    }
    List<Row> earlier = before.stream().filter(Row::checked).toList();
    List<Row> later = after.stream().filter(Row::checked).toList();
    int least = RunComparison.Settings.DEFAULT.minimumRuns();
    Judgement judged =
        Math.min(earlier.size(), later.size()) >= least
            ? betweenRuns(earlier, later)
            : withinRuns(earlier, later);
    boolean changed = judged.verdict() == Verdict.FASTER || judged.verdict() == Verdict.SLOWER;
    return changed && sameCode(earlier, later)
        ? new Judgement(
            Verdict.ENVIRONMENT,
            judged.rateRatio(),
            "the same jar and kernels: the code did not cause it; " + judged.reason())
        : judged;
  }

  /** The newest row of either side where no check passed: it is what would be believed. */
  private static Optional<Row> lastUnchecked(List<Row> before, List<Row> after) {
    return List.of(after.getLast(), before.getLast()).stream()
        .filter(row -> !row.checked())
        .findFirst();
  }

  private static Judgement betweenRuns(List<Row> before, List<Row> after) {
    RunComparison found =
        RunComparison.of(medians(before), medians(after), RunComparison.Settings.DEFAULT);
    return new Judgement(
        found.verdict(),
        Optional.of(found.ratio().under(1)),
        after.size() + " against " + before.size() + " runs: " + found.reason());
  }

  private static Judgement withinRuns(List<Row> before, List<Row> after) {
    Comparison found =
        Comparison.of(
            Distribution.of(samples(before)),
            Distribution.of(samples(after)),
            Comparison.Settings.DEFAULT);
    return new Judgement(
        found.verdict(),
        Optional.of(found.ratio().under(1)),
        after.size() + " against " + before.size() + " runs: by the spread within them only");
  }

  private static double[] medians(List<Row> rows) {
    return rows.stream().mapToDouble(Row::medianNanos).toArray();
  }

  private static double[] samples(List<Row> rows) {
    return rows.stream()
        .flatMapToDouble(
            row ->
                Arrays.stream(row.measurement().samples().totalNanos().toArray()).asDoubleStream())
        .toArray();
  }

  /** Whether all rows are known to be of one jar and one set of kernels. */
  private static boolean sameCode(List<Row> before, List<Row> after) {
    List<Row> all = new ArrayList<>(before);
    all.addAll(after);
    Build first = all.getFirst().run().subject().build();
    return first.jarSha256().isPresent()
        && all.stream()
            .map(row -> row.run().subject().build())
            .allMatch(
                build ->
                    build.jarSha256().equals(first.jarSha256())
                        && build.kernelSha256().equals(first.kernelSha256()));
  }
}
