package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.Nanos;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/** The samples of one quantity, sorted; immutable. At least one sample. */
public final class Distribution {
  private static final int RESAMPLES = 2000;
  private static final long SEED = 0x5eed_0f_5a3b1e5L;

  private final double[] sorted;
  private final Percentile percentile;

  private Distribution(double[] samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("samples: at least 1 needed, none found");
    }
    for (double sample : samples) {
      if (Double.isNaN(sample)) {
        throw new IllegalArgumentException("samples: numbers needed, NaN found");
      }
    }
    sorted = samples.clone();
    Arrays.sort(sorted);
    percentile = new Percentile().withEstimationType(Percentile.EstimationType.R_7);
    percentile.setData(sorted);
  }

  public static Distribution of(double... samples) {
    return new Distribution(samples);
  }

  public static Distribution of(Nanos nanos) {
    return new Distribution(Arrays.stream(nanos.toArray()).asDoubleStream().toArray());
  }

  public int size() {
    return sorted.length;
  }

  public double minimum() {
    return sorted[0];
  }

  public double maximum() {
    return sorted[sorted.length - 1];
  }

  public double mean() {
    return new Mean().evaluate(sorted);
  }

  /** Sample standard deviation (divisor n - 1); 0 for a single sample. */
  public double standardDeviation() {
    return new StandardDeviation().evaluate(sorted);
  }

  public double median() {
    return medianOfSorted(sorted);
  }

  /**
   * The value below which {@code percent} of the samples lie, interpolated between neighbours
   * (definition 7 of Hyndman and Fan, 1996).
   *
   * @param percent above 0, at most 100
   */
  public double percentile(double percent) {
    return sorted.length == 1 ? sorted[0] : percentile.evaluate(percent);
  }

  /**
   * Percentile bootstrap interval of the median: 2000 resamples with a fixed seed (Efron, 1979). It
   * covers the spread within this run, not the one from run to run. One sample gives a point.
   *
   * @param confidence such as 0.95
   */
  public Interval medianInterval(double confidence) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] medians = new double[RESAMPLES];
    double[] resample = new double[sorted.length];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int i = 0; i < resample.length; i++) {
        resample[i] = sorted[random.nextInt(sorted.length)];
      }
      Arrays.sort(resample);
      medians[r] = medianOfSorted(resample);
    }
    Distribution spread = new Distribution(medians);
    double tail = 100 * (1 - confidence) / 2;
    return new Interval(spread.percentile(tail), median(), spread.percentile(100 - tail));
  }

  double[] toArray() {
    return sorted.clone();
  }

  private static double medianOfSorted(double[] values) {
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }
}
