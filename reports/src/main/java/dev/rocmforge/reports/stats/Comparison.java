package dev.rocmforge.reports.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.MannWhitneyUTest;

/**
 * Two series of times of the same workload, compared by rank and by the ratio of their medians.
 *
 * <p>It sees the spread within the two runs only; a change from run to run that the code did not
 * cause looks like one it did. The words {@code environment} and {@code unchecked} need more than
 * times and are given by whoever knows the records.
 *
 * @param ratio median of the candidate over that of the baseline with its bootstrap interval; above
 *     1 is slower
 * @param pValue two-sided p-value of the Mann-Whitney U test: exact for up to 20 samples a side
 *     without ties, the normal approximation otherwise
 * @param verdict what follows
 */
public record Comparison(Interval ratio, double pValue, Verdict verdict) {
  private static final int RESAMPLES = 2000;
  private static final long SEED = 0x5eed_c0_3b1e5L;
  private static final int EXACT_LIMIT = 20;

  /**
   * What counts as a change.
   *
   * @param significance largest p-value of a change, such as 0.01
   * @param smallestChange smallest relative change of the median that matters, such as 0.02
   */
  public record Settings(double significance, double smallestChange) {
    public static final Settings DEFAULT = new Settings(0.01, 0.02);
  }

  /** Compares durations: larger is slower. */
  public static Comparison of(Distribution baseline, Distribution candidate, Settings settings) {
    double[] before = baseline.toArray();
    double[] after = candidate.toArray();
    Interval ratio = ratio(before, after, 1 - settings.significance());
    double p = mannWhitney(before, after);
    return new Comparison(ratio, p, verdict(ratio, p, settings));
  }

  private static Verdict verdict(Interval ratio, double p, Settings settings) {
    double most = 1 + settings.smallestChange();
    double least = 1 / most;
    if (p <= settings.significance() && ratio.middle() >= most && ratio.low() > 1) {
      return Verdict.SLOWER;
    }
    if (p <= settings.significance() && ratio.middle() <= least && ratio.high() < 1) {
      return Verdict.FASTER;
    }
    return ratio.low() > least && ratio.high() < most ? Verdict.SAME : Verdict.INCONCLUSIVE;
  }

  private static Interval ratio(double[] before, double[] after, double confidence) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] ratios =
        IntStream.range(0, RESAMPLES)
            .mapToDouble(r -> resampledMedian(after, random) / resampledMedian(before, random))
            .toArray();
    Distribution spread = Distribution.of(ratios);
    double tail = 100 * (1 - confidence) / 2;
    double middle = Distribution.of(after).median() / Distribution.of(before).median();
    return new Interval(spread.percentile(tail), middle, spread.percentile(100 - tail));
  }

  private static double resampledMedian(double[] samples, SplittableRandom random) {
    double[] resample = new double[samples.length];
    for (int i = 0; i < resample.length; i++) {
      resample[i] = samples[random.nextInt(samples.length)];
    }
    return Distribution.of(resample).median();
  }

  private static double mannWhitney(double[] before, double[] after) {
    if (before.length <= EXACT_LIMIT && after.length <= EXACT_LIMIT && distinct(before, after)) {
      return exactMannWhitney(before, after);
    }
    return new MannWhitneyUTest().mannWhitneyUTest(before, after);
  }

  private static boolean distinct(double[] before, double[] after) {
    return DoubleStream.concat(Arrays.stream(before), Arrays.stream(after)).distinct().count()
        == before.length + after.length;
  }

  /**
   * The share of all arrangements of the ranks that are at least as lopsided as this one; commons-
   * math has only the normal approximation, which is off for a handful of samples.
   */
  private static double exactMannWhitney(double[] before, double[] after) {
    int u = 0;
    for (double a : after) {
      for (double b : before) {
        u += a > b ? 1 : 0;
      }
    }
    int smaller = Math.min(u, before.length * after.length - u);
    double[][] counts = new double[after.length + 1][before.length * after.length + 1];
    counts[0][0] = 1;
    for (int n = 1; n <= before.length + after.length; n++) {
      // Adding the n-th rank to the candidate's side as its m-th sample beats n - m of the others.
      for (int m = Math.min(n, after.length); m >= 1; m--) {
        int beaten = n - m;
        if (beaten <= before.length) {
          for (int sum = beaten; sum < counts[m].length; sum++) {
            counts[m][sum] += counts[m - 1][sum - beaten];
          }
        }
      }
    }
    double all = 0;
    double tail = 0;
    for (int sum = 0; sum < counts[after.length].length; sum++) {
      all += counts[after.length][sum];
      tail += sum <= smaller ? counts[after.length][sum] : 0;
    }
    return Math.min(1, 2 * tail / all);
  }
}
