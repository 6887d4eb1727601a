package dev.rocmforge.engine.compress;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * The nearest matrix of a given rank, by subspace iteration (Halko, Martinsson and Tropp 2011,
 * algorithm 4.4): a seeded random subspace a little wider than the rank, multiplied by {@code A'A}
 * and made orthonormal until it holds the largest right singular vectors, then the small Gram
 * matrix of {@code A Q} solved exactly. The same input gives the same factors on every machine.
 */
public final class TruncatedSvd {
  private static final int ITERATIONS = 12;
  private static final long SEED = 0x5eed;

  private final float[] a;
  private final int rows;
  private final int cols;

  private TruncatedSvd(float[] a, int rows, int cols) {
    this.a = a;
    this.rows = rows;
    this.cols = cols;
  }

  /**
   * @param a row-major, finite
   * @param rank at most the smaller side
   */
  public static LowRank of(float[] a, int rows, int cols, int rank) {
    return new TruncatedSvd(a, rows, cols).truncated(rank);
  }

  /**
   * The factors nearest for inputs of a kind: of all matrices of the rank the one whose product
   * with them is off least, their elements taken as independent.
   *
   * @param energy mean square of each input, one a column; what is below a millionth of the mean
   *     counts as that
   */
  public static LowRank of(float[] a, int rows, int cols, int rank, double[] energy) {
    double least = 1e-6 * Arrays.stream(energy).average().orElseThrow();
    if (least == 0) {
      return of(a, rows, cols, rank);
    }
    double[] weights = new double[cols];
    for (int col = 0; col < cols; col++) {
      weights[col] = Math.sqrt(Math.max(energy[col], least));
    }
    float[] weighted = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      weighted[i] = (float) (a[i] * weights[i % cols]);
    }
    LowRank factors = of(weighted, rows, cols, rank);
    float[] v = factors.v();
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) (v[i] / weights[i % cols]);
    }
    return new LowRank("factors", rows, cols, rank, factors.u(), v);
  }

  /** Where singular values fall slowly the last ones need company in proportion to the rank. */
  private static int spare(int rank) {
    return Math.max(8, rank / 4);
  }

  private LowRank truncated(int rank) {
    int wide = Math.min(rank + spare(rank), Math.min(rows, cols));
    double[][] q = new double[wide][cols];
    var random = new Random(SEED);
    for (double[] vector : q) {
      for (int i = 0; i < cols; i++) {
        vector[i] = random.nextGaussian();
      }
    }
    orthonormalize(q);
    for (int i = 0; i < ITERATIONS && wide < cols; i++) {
      q = transposedTimes(times(q));
      orthonormalize(q);
    }
    return factors(q, rank);
  }

  /** Rotates the subspace to singular vectors and keeps the first {@code rank}. */
  private LowRank factors(double[][] q, int rank) {
    double[][] b = times(q);
    int wide = q.length;
    double[][] gram = new double[wide][wide];
    for (int i = 0; i < wide; i++) {
      for (int j = 0; j <= i; j++) {
        gram[i][j] = dot(b[i], b[j]);
        gram[j][i] = gram[i][j];
      }
    }
    var eigen = new EigenDecomposition(new Array2DRowRealMatrix(gram, false));
    Integer[] order = IntStream.range(0, wide).boxed().toArray(Integer[]::new);
    Arrays.sort(
        order, (x, y) -> Double.compare(eigen.getRealEigenvalue(y), eigen.getRealEigenvalue(x)));
    float[] u = new float[rows * rank];
    float[] v = new float[rank * cols];
    for (int k = 0; k < rank; k++) {
      double[] weights = eigen.getEigenvector(order[k]).toArray();
      double[] left = combined(b, weights);
      double[] right = combined(q, weights);
      for (int row = 0; row < rows; row++) {
        u[row * rank + k] = (float) left[row];
      }
      for (int col = 0; col < cols; col++) {
        v[k * cols + col] = (float) right[col];
      }
    }
    return new LowRank("factors", rows, cols, rank, u, v);
  }

  private static double[] combined(double[][] vectors, double[] weights) {
    double[] sum = new double[vectors[0].length];
    for (int i = 0; i < vectors.length; i++) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += weights[i] * vectors[i][j];
      }
    }
    return sum;
  }

  /** {@code A q} for every vector. */
  private double[][] times(double[][] q) {
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
  private double[][] transposedTimes(double[][] b) {
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
      double before = Math.sqrt(dot(q[i], q[i]));
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          double share = dot(q[i], q[j]);
          for (int k = 0; k < q[i].length; k++) {
            q[i][k] -= share * q[j][k];
          }
        }
      }
      double length = Math.sqrt(dot(q[i], q[i]));
      double factor = length > 1e-13 * before ? 1 / length : 0;
      for (int k = 0; k < q[i].length; k++) {
        q[i][k] *= factor;
      }
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
