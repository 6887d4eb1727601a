package dev.rocmforge.reports.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The change points of one history, found by E-divisive means: the split with the largest energy
 * statistic, accepted by a permutation test, and again within both parts (Matteson and James, 2014,
 * with exponent 1 and binary segmentation).
 *
 * <p>A split must also hold as a comparison of its two sides, which knows that neighbouring runs
 * are alike; a permutation test takes them for independent. Nothing is left out as an outlier.
 * Random steps take a fixed seed.
 */
public final class ChangePoints {
  private static final long SEED = 0xed1_5eedL;

  /** The best of many places is compared; about so many of them are independent. */
  private static final double PLACES = 4;

  private final double[] logarithms;
  private final Settings settings;
  private final List<Split> accepted = new ArrayList<>();

  /**
   * What counts as a change.
   *
   * @param significance largest p-value of the permutation test and of the comparison
   * @param smallestChange smaller changes are no news: 0.02 is 2 %
   * @param leastRuns on either side of a change, at least 2
   * @param permutations drawn for each test
   * @param mostRuns the latest that are looked at: the work grows with their square
   */
  public record Settings(
      double significance, double smallestChange, int leastRuns, int permutations, int mostRuns) {
    public static final Settings DEFAULT = new Settings(0.01, 0.02, 5, 499, 500);
  }

  private record Split(int index, double pValue) {}

  private record Best(int index, double statistic) {}

  private ChangePoints(double[] logarithms, Settings settings) {
    this.logarithms = logarithms;
    this.settings = settings;
  }

  /**
   * The change points in the order of time.
   *
   * @param nanos time of each run, or any positive figure that falls as speed rises, in the order
   *     the runs ran
   */
  public static List<ChangePoint> of(double[] nanos, Settings settings) {
    int skipped = Math.max(0, nanos.length - settings.mostRuns());
    double[] latest = Arrays.copyOfRange(nanos, skipped, nanos.length);
    ChangePoints found = new ChangePoints(RunNoise.logarithms(latest), settings);
    found.divide(0, latest.length);
    return found.points(latest, skipped);
  }

  /** Splits the runs from {@code from} to before {@code to}, and their parts, while it can. */
  private void divide(int from, int to) {
    int least = settings.leastRuns();
    if (to - from < 2 * least) {
      return;
    }
    double[][] distances = distances(from, to);
    int[] order = new int[to - from];
    Arrays.setAll(order, i -> i);
    Best best = best(distances, order);
    double p = pValue(distances, order, best.statistic());
    if (p > settings.significance()) {
      return;
    }
    int split = refined(from, from + best.index(), to);
    if (holds(from, split, to)) {
      accepted.add(new Split(split, p));
      divide(from, split);
      divide(split, to);
    }
  }

  /**
   * The split beside which the fewest runs lie on the wrong side of the step: a distance counts up
   * to the step, so that one wild run next to it does not move it.
   */
  private int refined(int from, int split, int to) {
    double before = PairwiseDifferences.median(Arrays.copyOfRange(logarithms, from, split));
    double after = PairwiseDifferences.median(Arrays.copyOfRange(logarithms, split, to));
    double most = Math.abs(after - before);
    double cost = 0;
    for (int i = from; i < to; i++) {
      cost += distance(i, i < from + settings.leastRuns() ? before : after, most);
    }
    int best = from + settings.leastRuns();
    double least = cost;
    for (int i = from + settings.leastRuns(); i < to - settings.leastRuns(); i++) {
      cost += distance(i, before, most) - distance(i, after, most);
      if (cost < least) {
        least = cost;
        best = i + 1;
      }
    }
    return best;
  }

  private double distance(int run, double level, double most) {
    return Math.min(most, Math.abs(logarithms[run] - level));
  }

  private boolean holds(int from, int split, int to) {
    RunComparison.Settings asked =
        new RunComparison.Settings(
            settings.significance() / PLACES,
            RunComparison.Settings.DEFAULT.power(),
            settings.smallestChange(),
            RunComparison.Settings.DEFAULT.detect(),
            2,
            Double.POSITIVE_INFINITY);
    Verdict verdict = comparison(logarithms, from, split, to, asked).verdict();
    return verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
  }

  private static RunComparison comparison(
      double[] logarithms, int from, int split, int to, RunComparison.Settings settings) {
    return RunComparison.of(
        exponentials(logarithms, from, split), exponentials(logarithms, split, to), settings);
  }

  private static double[] exponentials(double[] logarithms, int from, int to) {
    return Arrays.stream(logarithms, from, to).map(Math::exp).toArray();
  }

  private List<ChangePoint> points(double[] latest, int skipped) {
    Collections.sort(accepted, (a, b) -> Integer.compare(a.index(), b.index()));
    List<ChangePoint> points = new ArrayList<>();
    for (int i = 0; i < accepted.size(); i++) {
      int from = i == 0 ? 0 : accepted.get(i - 1).index();
      int to = i == accepted.size() - 1 ? latest.length : accepted.get(i + 1).index();
      Split split = accepted.get(i);
      RunComparison sides =
          comparison(logarithms, from, split.index(), to, RunComparison.Settings.DEFAULT);
      points.add(new ChangePoint(skipped + split.index(), split.pValue(), sides.ratio()));
    }
    return points;
  }

  private double[][] distances(int from, int to) {
    double[][] distances = new double[to - from][to - from];
    for (int i = 0; i < distances.length; i++) {
      for (int j = 0; j < distances.length; j++) {
        distances[i][j] = Math.abs(logarithms[from + i] - logarithms[from + j]);
      }
    }
    return distances;
  }

  /** Share of the orders, the one found among them, whose best split is as good. */
  private double pValue(double[][] distances, int[] order, double statistic) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] shuffled = order.clone();
    int all = settings.permutations();
    int asGood = 1;
    // Once there are too many the answer is no, and more of them do not change it.
    for (int r = 1; r <= all && asGood <= settings.significance() * (all + 1); r++) {
      for (int i = shuffled.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = kept;
      }
      asGood += best(distances, shuffled).statistic() >= statistic ? 1 : 0;
    }
    return asGood / (all + 1.0);
  }

  /** The split of an order with the largest energy statistic. */
  private Best best(double[][] distances, int[] order) {
    int n = order.length;
    double left = 0;
    double right = 0;
    double between = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        right += distances[order[i]][order[j]];
      }
    }
    Best best = new Best(0, Double.NEGATIVE_INFINITY);
    for (int moved = 0; moved < n - settings.leastRuns(); moved++) {
      double[] row = distances[order[moved]];
      double toLeft = 0;
      double toRight = 0;
      for (int i = 0; i < moved; i++) {
        toLeft += row[order[i]];
      }
      for (int i = moved + 1; i < n; i++) {
        toRight += row[order[i]];
      }
      left += toLeft;
      right -= toRight;
      between += toRight - toLeft;
      double m = moved + 1;
      double k = n - m;
      if (m >= settings.leastRuns()) {
        double energy =
            2 * between / (m * k) - 2 * left / (m * (m - 1)) - 2 * right / (k * (k - 1));
        double statistic = m * k / n * energy;
        if (statistic > best.statistic()) {
          best = new Best(moved + 1, statistic);
        }
      }
    }
    return best;
  }
}
