package dev.rocmforge.engine.compress;

import java.util.stream.IntStream;

/** Subspace iteration in double, one task a vector on the common pool. */
final class HostIteration implements SubspaceIteration {
  @Override
  public Subspace run(float[] a, int rows, int cols, double[][] start, int rounds) {
    double[][] q = start;
    orthonormalize(q);
    for (int i = 0; i < rounds; i++) {
      q = transposedTimes(a, rows, cols, times(a, rows, cols, q));
      orthonormalize(q);
    }
    return new Subspace(q, times(a, rows, cols, q));
  }

  /** {@code A q} for every vector. */
  private static double[][] times(float[] a, int rows, int cols, double[][] q) {
    double[][] result = new double[q.length][rows];
    IntStream.range(0, q.length)
        .parallel()
        .forEach(
            i -> {
              for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int col = 0; col < cols; col++) {
                  sum += a[row * cols + col] * q[i][col];
                }
                result[i][row] = sum;
              }
            });
    return result;
  }

  /** {@code A' b} for every vector. */
  private static double[][] transposedTimes(float[] a, int rows, int cols, double[][] b) {
    double[][] result = new double[b.length][cols];
    IntStream.range(0, b.length)
        .parallel()
        .forEach(
            i -> {
              for (int row = 0; row < rows; row++) {
                double factor = b[i][row];
                for (int col = 0; col < cols; col++) {
                  result[i][col] += factor * a[row * cols + col];
                }
              }
            });
    return result;
  }

  /** Gram and Schmidt, twice over, so that rounding leaves no trace; a null vector stays null. */
  private static void orthonormalize(double[][] q) {
    for (int i = 0; i < q.length; i++) {
      double before = Math.sqrt(TruncatedSvd.dot(q[i], q[i]));
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          double share = TruncatedSvd.dot(q[i], q[j]);
          for (int k = 0; k < q[i].length; k++) {
            q[i][k] -= share * q[j][k];
          }
        }
      }
      double length = Math.sqrt(TruncatedSvd.dot(q[i], q[i]));
      double factor = length > 1e-13 * before ? 1 / length : 0;
      for (int k = 0; k < q[i].length; k++) {
        q[i][k] *= factor;
      }
    }
  }
}
