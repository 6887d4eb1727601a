package dev.rocmforge.engine.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;

class TruncatedSvdTest {
  /** Singular values that fall slowly into a floor of noise, as those of trained weights do. */
  private static float[] matrix(int rows, int cols) {
    Random random = new Random(rows);
    float[] a = new float[rows * cols];
    for (int k = 1; k <= 24; k++) {
      double[] left = random.doubles(rows, -1, 1).toArray();
      double[] right = random.doubles(cols, -1, 1).toArray();
      for (int i = 0; i < a.length; i++) {
        a[i] += (float) (left[i / cols] * right[i % cols] / k);
      }
    }
    for (int i = 0; i < a.length; i++) {
      a[i] += (float) (0.05 * random.nextGaussian());
    }
    return a;
  }

  /** The norm of a column of U: rows of V are of length 1. */
  private static double singularValue(LowRank factors, int k) {
    float[] u = factors.u();
    double sum = 0;
    for (int row = 0; row < factors.rows(); row++) {
      double value = u[row * factors.rank() + k];
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  @Test
  void singularValuesAreThoseOfAnotherLibrary() {
    float[] a = matrix(512, 384);
    double[][] rows = new double[512][384];
    for (int i = 0; i < a.length; i++) {
      rows[i / 384][i % 384] = a[i];
    }
    double[] expected =
        new SingularValueDecomposition(new Array2DRowRealMatrix(rows, false)).getSingularValues();
    for (int rank : new int[] {1, 16, 64}) {
      LowRank factors = TruncatedSvd.ON_HOST.of(a, 512, 384, rank);
      for (int k = 0; k < rank; k++) {
        assertEquals(expected[k], singularValue(factors, k), 0.01 * expected[k], "value " + k);
      }
    }
  }

  /** As large as a feed-forward matrix of a small model; fenced at three times what is promised. */
  @Test
  void rank64OfAFeedForwardMatrixTakesSeconds() {
    float[] a = matrix(4864, 896);
    LowRank factors =
        assertTimeout(Duration.ofSeconds(60), () -> TruncatedSvd.ON_HOST.of(a, 4864, 896, 64));
    assertTrue(singularValue(factors, 0) > singularValue(factors, 63));
  }

  /** Inputs that are never there may be off; those that are strong must not. */
  @Test
  void weightedFactorsAreNearerForTheirInputs() {
    int rows = 96;
    int cols = 64;
    float[] a = matrix(rows, cols);
    double[] energy = new double[cols];
    for (int col = 0; col < cols; col++) {
      energy[col] = col % 4 == 0 ? 25 : col % 4 == 1 ? 0 : 0.1;
    }
    double plain = error(a, TruncatedSvd.ON_HOST.of(a, rows, cols, 12), energy);
    double weighted = error(a, TruncatedSvd.ON_HOST.of(a, rows, cols, 12, energy), energy);
    assertTrue(weighted < 0.9 * plain, weighted + " of " + plain);
    double same = error(a, TruncatedSvd.ON_HOST.of(a, rows, cols, 12, new double[cols]), energy);
    assertEquals(plain, same);
  }

  private static double error(float[] a, LowRank factors, double[] energy) {
    int cols = factors.cols();
    float[] row = new float[cols];
    double error = 0;
    for (int r = 0; r < factors.rows(); r++) {
      java.util.Arrays.fill(row, 0);
      factors.addRow(r, row, 0);
      for (int c = 0; c < cols; c++) {
        error += Math.pow(a[r * cols + c] - row[c], 2) * energy[c];
      }
    }
    return error;
  }
}
