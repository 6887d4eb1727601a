package dev.rocmforge.reports.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A run far from its neighbours between two change points. It stays in every statistic; what was
 * different about it is told beside it.
 *
 * @param index of the run in its history, 0-based
 * @param ratio its time over the median of its neighbours
 */
public record Outlier(int index, double ratio) {
  /** Distance in standard deviations; a normal value lies beyond it once in 2000. */
  private static final double FAR = 3.5;

  private static final double LEAST_DISTANCE = 0.02;
  private static final int LEAST_RUNS = 4;

  /**
   * The outliers of a history.
   *
   * @param nanos time of each run in order
   * @param points its change points
   */
  public static List<Outlier> of(double[] nanos, List<ChangePoint> points) {
    List<Outlier> outliers = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= points.size(); i++) {
      int to = i == points.size() ? nanos.length : points.get(i).index();
      between(nanos, from, to, outliers);
      from = to;
    }
    return outliers;
  }

  private static void between(double[] nanos, int from, int to, List<Outlier> outliers) {
    if (to - from < LEAST_RUNS) {
      return;
    }
    double[] logarithms = RunNoise.logarithms(Arrays.copyOfRange(nanos, from, to));
    double[] distances = PairwiseDifferences.centred(logarithms);
    double far = Math.max(LEAST_DISTANCE, FAR * PairwiseDifferences.scale(logarithms));
    for (int i = 0; i < distances.length; i++) {
      if (Math.abs(distances[i]) > far) {
        outliers.add(new Outlier(from + i, Math.exp(distances[i])));
      }
    }
  }
}
