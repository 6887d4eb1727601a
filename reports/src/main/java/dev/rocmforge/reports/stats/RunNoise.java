package dev.rocmforge.reports.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How much runs of the same code differ, learnt from runs: the spread within a run says nothing of
 * it.
 *
 * @param scale standard deviation of the logarithm of a run's time, as robust pairwise distances
 *     tell it: 0.02 is a noise of 2 %
 * @param reach the standard deviation of normal values whose middle 80 % reach as far: much more
 *     than the scale where a machine has two speeds
 * @param correlation of a run with the one before it; what few runs cannot tell is taken as {@link
 *     #UNKNOWN_CORRELATION}
 * @param runs that it was learnt from
 */
public record RunNoise(double scale, double reach, double correlation, int runs) {
  /** Neighbouring runs of one machine are taken to be this alike until their own history tells. */
  public static final double UNKNOWN_CORRELATION = 0.3;

  /** As many runs of history weigh as much as the unknown correlation. */
  private static final double RUNS_OF_DOUBT = 40;

  private static final double MOST_CORRELATION = 0.9;

  /** Width of the middle 80 % of normal values in standard deviations. */
  private static final double MIDDLE_OF_NORMAL = 2.5631;

  /** Standard errors added to the correlation found: too small a one makes false alarms. */
  private static final double CAUTION = 0.3;

  /** A candidate's own spread counts where it exceeds the common one by this factor. */
  private static final double CLEARLY_WIDER = 2;

  /**
   * The noise of two groups of runs in the order they ran; the first tells the correlation.
   *
   * @param baseline logarithms of the runs' times
   * @param candidate the same of the other group; may be empty
   */
  static RunNoise ofLogarithms(double[] baseline, double[] candidate) {
    return of(baseline, candidate, UNKNOWN_CORRELATION);
  }

  /** The noise of the ratios of pairs: what neighbours share has gone from them. */
  static RunNoise ofRatios(double[] logarithms) {
    return of(logarithms, new double[0], 0);
  }

  private static RunNoise of(double[] baseline, double[] candidate, double unknown) {
    double[] own = PairwiseDifferences.centred(candidate);
    double[] all =
        Arrays.copyOf(PairwiseDifferences.centred(baseline), baseline.length + own.length);
    System.arraycopy(own, 0, all, baseline.length, own.length);
    double scale = PairwiseDifferences.scale(all);
    double wider = PairwiseDifferences.scale(own) / CLEARLY_WIDER;
    return new RunNoise(
        Math.max(scale, wider),
        reach(all),
        cautious(rankCorrelation(baseline), baseline.length, unknown),
        all.length);
  }

  /** The noise of runs of the same code, in the order they ran. */
  public static RunNoise of(double[] nanos) {
    return ofLogarithms(logarithms(nanos), new double[0]);
  }

  static double[] logarithms(double[] nanos) {
    return Arrays.stream(nanos).map(Math::log).toArray();
  }

  private static double reach(double[] centred) {
    if (centred.length == 0) {
      return 0;
    }
    Distribution all = Distribution.of(centred);
    return (all.percentile(90) - all.percentile(10)) / MIDDLE_OF_NORMAL;
  }

  private static double cautious(double found, int n, double unknown) {
    double weight = n / (n + RUNS_OF_DOUBT);
    // An estimate from n values is too small by about this much (Kendall, 1954).
    double unbiased = found + (1 + 3 * Math.max(found, 0)) / Math.max(n, 1);
    double error = Math.sqrt(Math.max(0, 1 - unbiased * unbiased) / Math.max(n, 1));
    double taken = weight * (unbiased + CAUTION * error) + (1 - weight) * unknown;
    return Math.clamp(taken, 0, MOST_CORRELATION);
  }

  /** Correlation of each value's rank with the next one's: a spike is but the last rank. */
  private static double rankCorrelation(double[] values) {
    int n = values.length;
    if (n < 3) {
      return 0;
    }
    double[] ranks = ranks(values);
    double product = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      square += ranks[i] * ranks[i];
      product += i == 0 ? 0 : ranks[i] * ranks[i - 1];
    }
    return product / square;
  }

  /** Ranks less their mean; equal values keep their order. */
  private static double[] ranks(double[] values) {
    Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
    double[] ranks = new double[values.length];
    for (int r = 0; r < order.length; r++) {
      ranks[order[r]] = r - (values.length - 1) / 2.0;
    }
    return ranks;
  }

  /** How many independent runs tell as much as {@code n} neighbouring ones. */
  public double effectiveRuns(int n) {
    double r = correlation;
    double inflation = (1 + r) / (1 - r) - 2 * r * (1 - Math.pow(r, n)) / (n * (1 - r) * (1 - r));
    return n / inflation;
  }
}
