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
 * matrix of {@code A Q} solved exactly in double. The same input gives the same factors on every
 * machine, as far as the iteration does.
 */
public final class TruncatedSvd {
  /** The iteration in double on the CPU. */
  public static final TruncatedSvd ON_HOST = new TruncatedSvd(new HostIteration());

  private static final int ITERATIONS = 12;
  private static final long SEED = 0x5eed;

  private final SubspaceIteration iteration;

  /**
   * @param iteration where the products with the matrix run
   */
  public TruncatedSvd(SubspaceIteration iteration) {
    this.iteration = iteration;
  }

  /**
   * @param a row-major, finite
   * @param rank at most the smaller side
   */
  public LowRank of(float[] a, int rows, int cols, int rank) {
    int wide = Math.min(rank + spare(rank), Math.min(rows, cols));
    double[][] start = new double[wide][cols];
    var random = new Random(SEED);
    for (double[] vector : start) {
      for (int i = 0; i < cols; i++) {
        vector[i] = random.nextGaussian();
      }
    }
    // A basis of the whole space holds every singular vector already.
    int rounds = wide < cols ? ITERATIONS : 0;
    return factors(iteration.run(a, rows, cols, start, rounds), rows, cols, rank);
  }

  /**
   * The factors nearest for inputs of a kind: of all matrices of the rank the one whose product
   * with them is off least, their elements taken as independent.
   *
   * @param energy mean square of each input, one a column; what is below a millionth of the mean
   *     counts as that
   */
  public LowRank of(float[] a, int rows, int cols, int rank, double[] energy) {
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

  /** Rotates the subspace to singular vectors and keeps the first {@code rank}. */
  private static LowRank factors(
      SubspaceIteration.Subspace subspace, int rows, int cols, int rank) {
    double[][] q = subspace.basis();
    double[][] b = subspace.products();
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

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
