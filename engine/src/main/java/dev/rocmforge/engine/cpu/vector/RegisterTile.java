package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.cpu.Product;
import jdk.incubator.vector.FloatVector;

/**
 * Decoded weight rows times activation rows, four by three at a time: twelve sums stay in registers
 * while seven vectors are loaded for twelve multiply-adds. Ragged ends repeat the last row and
 * throw the repeats away.
 */
final class RegisterTile {
  /** Sums held at a time. */
  static final int SUMS = 12;

  private RegisterTile() {}

  /**
   * @param tile {@code [rows][cols]}
   * @param x {@code [batch][cols]}
   * @param product whose result rows receive columns {@code first} to {@code first + rows - 1}
   * @param lanes scratch for {@link #SUMS} vectors
   */
  static void multiply(
      float[] tile,
      int rows,
      float[] x,
      int batch,
      int cols,
      Product product,
      int first,
      float[] lanes) {
    for (int b = 0; b < batch; b += 3) {
      int b1 = Math.min(b + 1, batch - 1);
      int b2 = Math.min(b + 2, batch - 1);
      for (int r = 0; r < rows; r += 4) {
        block(tile, r, rows, x, b, b1, b2, cols, product, first, lanes);
      }
    }
  }

  private static void block(
      float[] w,
      int row,
      int rows,
      float[] x,
      int b0,
      int b1,
      int b2,
      int cols,
      Product product,
      int first,
      float[] lanes) {
    int w0 = row * cols;
    int w1 = Math.min(row + 1, rows - 1) * cols;
    int w2 = Math.min(row + 2, rows - 1) * cols;
    int w3 = Math.min(row + 3, rows - 1) * cols;
    FloatVector s00 = FloatVector.zero(Lanes.FLOATS);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    int whole = Lanes.FLOATS.loopBound(cols);
    for (int k = 0; k < whole; k += Lanes.COUNT) {
      FloatVector a0 = Lanes.load(x, b0 * cols + k);
      FloatVector a1 = Lanes.load(x, b1 * cols + k);
      FloatVector a2 = Lanes.load(x, b2 * cols + k);
      FloatVector weight = Lanes.load(w, w0 + k);
      s00 = weight.fma(a0, s00);
      s01 = weight.fma(a1, s01);
      s02 = weight.fma(a2, s02);
      weight = Lanes.load(w, w1 + k);
      s10 = weight.fma(a0, s10);
      s11 = weight.fma(a1, s11);
      s12 = weight.fma(a2, s12);
      weight = Lanes.load(w, w2 + k);
      s20 = weight.fma(a0, s20);
      s21 = weight.fma(a1, s21);
      s22 = weight.fma(a2, s22);
      weight = Lanes.load(w, w3 + k);
      s30 = weight.fma(a0, s30);
      s31 = weight.fma(a1, s31);
      s32 = weight.fma(a2, s32);
    }
    keep(lanes, 0, s00, s01, s02);
    keep(lanes, 3, s10, s11, s12);
    keep(lanes, 6, s20, s21, s22);
    keep(lanes, 9, s30, s31, s32);
    for (int i = 0; i < 4; i++) {
      int r = Math.min(row + i, rows - 1);
      store(product, first + r, b0, b1, b2, lanes, 3 * i, w, r * cols, x, cols, whole);
    }
  }

  /**
   * Puts sums aside. Twelve sums over lanes by shuffles are more than the compiler inlines into one
   * loop's method: it then boxes every vector, and prefill took seven times as long.
   */
  private static void keep(float[] lanes, int at, FloatVector s0, FloatVector s1, FloatVector s2) {
    s0.intoArray(lanes, at * Lanes.COUNT);
    s1.intoArray(lanes, (at + 1) * Lanes.COUNT);
    s2.intoArray(lanes, (at + 2) * Lanes.COUNT);
  }

  /** Adds lanes, ragged columns and bias, and writes one weight row's three results. */
  private static void store(
      Product product,
      int row,
      int b0,
      int b1,
      int b2,
      float[] lanes,
      int at,
      float[] w,
      int wo,
      float[] x,
      int cols,
      int whole) {
    float[] result = product.result();
    int rows = product.rows();
    float bias = product.bias().length == 0 ? 0 : product.bias()[row];
    float sum0 = Lanes.sum(lanes, at * Lanes.COUNT);
    float sum1 = Lanes.sum(lanes, (at + 1) * Lanes.COUNT);
    float sum2 = Lanes.sum(lanes, (at + 2) * Lanes.COUNT);
    result[b0 * rows + row] = bias + sum0 + rest(w, wo, x, b0 * cols, whole, cols);
    result[b1 * rows + row] = bias + sum1 + rest(w, wo, x, b1 * cols, whole, cols);
    result[b2 * rows + row] = bias + sum2 + rest(w, wo, x, b2 * cols, whole, cols);
  }

  private static float rest(float[] w, int wo, float[] x, int xo, int from, int cols) {
    float sum = 0;
    for (int k = from; k < cols; k++) {
      sum += w[wo + k] * x[xo + k];
    }
    return sum;
  }
}
