package dev.rocmforge.engine.compress;

/**
 * The rotation {@code x H / sqrt(n)}, with H the Hadamard matrix of order n in Sylvester's order.
 * It is symmetric and its own inverse, so a matrix whose rows are rotated gives the same product
 * with a rotated vector. Sums run in double.
 */
public final class Hadamard {
  private Hadamard() {}

  /** Whether there is a rotation of {@code n} elements: n is a power of two. */
  public static boolean fits(int n) {
    return Integer.bitCount(n) == 1;
  }

  /** Rotates {@code x[offset .. offset + n)} in place. */
  public static void rotate(float[] x, int offset, int n) {
    assert fits(n) : n;
    double[] sums = new double[n];
    for (int i = 0; i < n; i++) {
      sums[i] = x[offset + i];
    }
    butterflies(sums);
    double factor = 1 / Math.sqrt(n);
    for (int i = 0; i < n; i++) {
      x[offset + i] = (float) (sums[i] * factor);
    }
  }

  private static void butterflies(double[] x) {
    for (int half = 1; half < x.length; half *= 2) {
      for (int start = 0; start < x.length; start += 2 * half) {
        for (int i = start; i < start + half; i++) {
          double sum = x[i] + x[i + half];
          x[i + half] = x[i] - x[i + half];
          x[i] = sum;
        }
      }
    }
  }
}
