package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SubspaceIteration.Subspace;
import dev.rocmforge.engine.compress.TruncatedSvd;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Truncated decompositions by kernels, on the emulated device. */
final class DeviceIterationTest {
  private static final long ROOM = 1L << 30;

  private GpuBackend backend;

  @BeforeEach
  void open() {
    backend = EmulatedGpu.open(EmulatedGpu.floats());
  }

  @AfterEach
  void close() {
    backend.close();
  }

  /** Singular values that fall slowly into a floor of noise, as those of trained weights do. */
  private static float[] matrix(int rows, int cols, int directions, double noise) {
    Random random = new Random(rows);
    float[] a = new float[rows * cols];
    for (int k = 1; k <= directions; k++) {
      double[] left = random.doubles(rows, -1, 1).toArray();
      double[] right = random.doubles(cols, -1, 1).toArray();
      for (int i = 0; i < a.length; i++) {
        a[i] += (float) (left[i / cols] * right[i % cols] / k);
      }
    }
    for (int i = 0; i < a.length; i++) {
      a[i] += (float) (noise * random.nextGaussian());
    }
    return a;
  }

  private static double[] singularValues(float[] a, int rows, int cols) {
    double[][] all = new double[rows][cols];
    for (int i = 0; i < a.length; i++) {
      all[i / cols][i % cols] = a[i];
    }
    return new SingularValueDecomposition(new Array2DRowRealMatrix(all, false)).getSingularValues();
  }

  private static double length(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }

  private static double[] column(LowRank factors, int k) {
    float[] u = factors.u();
    double[] column = new double[factors.rows()];
    for (int row = 0; row < column.length; row++) {
      column[row] = u[row * factors.rank() + k];
    }
    return column;
  }

  @Test
  void singularValuesAreThoseOfAnotherLibrary() {
    float[] a = matrix(512, 384, 24, 0.05);
    double[] expected = singularValues(a, 512, 384);
    var svd = new TruncatedSvd(backend.decompositions(ROOM));
    for (int rank : new int[] {1, 24}) {
      LowRank factors = svd.of(a, 512, 384, rank);
      for (int k = 0; k < rank; k++) {
        assertEquals(expected[k], length(column(factors, k)), 0.01 * expected[k], "value " + k);
      }
    }
  }

  /** Both are the nearest matrix of the rank, so they agree although their subspaces wander. */
  @Test
  void productIsThatOfTheCpu() {
    for (int[] shape : new int[][] {{33, 129}, {130, 31}}) {
      int rows = shape[0];
      int cols = shape[1];
      float[] a = matrix(rows, cols, 12, 0);
      LowRank host = TruncatedSvd.ON_HOST.of(a, rows, cols, 12);
      LowRank device = new TruncatedSvd(backend.decompositions(ROOM)).of(a, rows, cols, 12);
      float[] expected = new float[cols];
      float[] found = new float[cols];
      for (int row = 0; row < rows; row++) {
        Arrays.fill(expected, 0);
        Arrays.fill(found, 0);
        host.addRow(row, expected, 0);
        device.addRow(row, found, 0);
        for (int col = 0; col < cols; col++) {
          assertEquals(expected[col], found[col], 1e-5, rows + ": " + row + ", " + col);
        }
      }
    }
  }

  /** Weights of any magnitude, and fewer directions than vectors. */
  @Test
  void basisIsOrthonormalWhateverTheMatrixIsLike() {
    for (float magnitude : new float[] {1e-30f, 1, 1e30f}) {
      float[] a = matrix(70, 90, 3, 0);
      for (int i = 0; i < a.length; i++) {
        a[i] *= magnitude;
      }
      double[][] start = new double[8][90];
      Random random = new Random(5);
      for (double[] vector : start) {
        Arrays.setAll(vector, _ -> random.nextGaussian());
      }
      Subspace found = backend.decompositions(ROOM).run(a, 70, 90, start, 6);
      double[] values = singularValues(a, 70, 90);
      for (int i = 0; i < 8; i++) {
        for (int j = 0; j <= i; j++) {
          double dot = 0;
          for (int k = 0; k < 90; k++) {
            dot += found.basis()[i][k] * found.basis()[j][k];
          }
          assertEquals(i == j && i < 3 ? 1 : 0, dot, 1e-5, magnitude + ": " + i + ", " + j);
        }
        double expected = i < 3 ? values[i] : 0;
        assertEquals(expected, length(found.products()[i]), 1e-3 * values[0], "value " + i);
      }
    }
  }

  @Test
  void aMatrixThatDoesNotFitIsRefused() {
    var svd = new TruncatedSvd(backend.decompositions(1000));
    var refused =
        assertThrows(EnvironmentException.class, () -> svd.of(new float[64 * 48], 64, 48, 2));
    String least = String.valueOf(DeviceIteration.bytes(64, 48, 10));
    assertTrue(refused.getMessage().contains("64 x 48"), refused.getMessage());
    assertTrue(refused.getMessage().contains(least), refused.getMessage());
    assertTrue(refused.getMessage().contains("1000"), refused.getMessage());
  }

  /** What was allocated for one matrix is free again before the next. */
  @Test
  void nothingIsLeftOnTheDevice() {
    long before = backend.device().memory().freeBytes();
    new TruncatedSvd(backend.decompositions(ROOM)).of(matrix(64, 48, 4, 0.1), 64, 48, 4);
    assertEquals(before, backend.device().memory().freeBytes());
  }
}
