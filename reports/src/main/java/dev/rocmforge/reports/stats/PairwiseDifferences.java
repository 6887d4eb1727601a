package dev.rocmforge.reports.stats;

import java.util.Arrays;

/**
 * Location and scale from the differences of all pairs: estimators that a few wild values cannot
 * carry away and that lose little where there are none.
 */
final class PairwiseDifferences {
  /** Makes Qn a standard deviation for normal values (Rousseeuw and Croux, 1993). */
  private static final double QN_NORMAL = 2.2219;

  private PairwiseDifferences() {}

  /** Hodges and Lehmann's shift (1963): the median of {@code after - before} over all pairs. */
  static double shift(double[] before, double[] after) {
    double[] differences = new double[before.length * after.length];
    int at = 0;
    for (double b : before) {
      for (double a : after) {
        differences[at++] = a - b;
      }
    }
    return median(differences);
  }

  /** Hodges and Lehmann's centre: the median of the means of all pairs, each value with itself. */
  static double centre(double[] values) {
    double[] means = new double[values.length * (values.length + 1) / 2];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      for (int j = i; j < values.length; j++) {
        means[at++] = (values[i] + values[j]) / 2;
      }
    }
    return median(means);
  }

  /**
   * The scale Qn: about the first quartile of the distances of all pairs, scaled to the standard
   * deviation of normal values and corrected for few of them (Croux and Rousseeuw, 1992). 0 for
   * fewer than two values.
   */
  static double scale(double[] values) {
    int n = values.length;
    if (n < 2) {
      return 0;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    long half = n / 2 + 1L;
    return QN_NORMAL * fewValues(n) * distance(sorted, half * (half - 1) / 2);
  }

  /**
   * The distance of a rank, from 1, among those of all pairs: the smallest that so many pairs do
   * not exceed. Found by halving the doubles between none and the largest, so that the pairs of a
   * long history are counted and never kept.
   */
  private static double distance(double[] sorted, long rank) {
    long low = 0;
    long high = Double.doubleToRawLongBits(sorted[sorted.length - 1] - sorted[0]);
    while (low < high) {
      long middle = low + (high - low) / 2;
      if (pairsWithin(sorted, Double.longBitsToDouble(middle)) >= rank) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return Double.longBitsToDouble(low);
  }

  private static long pairsWithin(double[] sorted, double distance) {
    long pairs = 0;
    int first = 0;
    for (int last = 1; last < sorted.length; last++) {
      while (sorted[last] - sorted[first] > distance) {
        first++;
      }
      pairs += last - first;
    }
    return pairs;
  }

  private static double fewValues(int n) {
    return n % 2 == 1 ? n / (n + 1.4) : n / (n + 3.8);
  }

  /** The values less their median; none for none. */
  static double[] centred(double[] values) {
    if (values.length == 0) {
      return values;
    }
    double middle = median(values.clone());
    return Arrays.stream(values).map(value -> value - middle).toArray();
  }

  /** Sorts the values given. */
  static double median(double[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }
}
