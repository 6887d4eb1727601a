package dev.rocmforge.engine.speculative;

import java.util.Arrays;

/** The median of the last values: one slow pass among them changes nothing. */
final class RecentMedian {
  private static final int WINDOW = 9;

  private final double[] values = new double[WINDOW];
  private final double[] sorted = new double[WINDOW];
  private long count;
  private double median;

  void add(double value) {
    values[(int) (count++ % WINDOW)] = value;
    int size = (int) Math.min(count, WINDOW);
    System.arraycopy(values, 0, sorted, 0, size);
    Arrays.sort(sorted, 0, size);
    median = sorted[size / 2];
  }

  /** Values ever added. */
  long count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** 0 while there are none. */
  double value() {
    return median;
  }
}
