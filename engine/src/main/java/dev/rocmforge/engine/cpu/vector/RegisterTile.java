package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.cpu.Product;
import jdk.incubator.vector.FloatVector;

/**
 * Decoded weight rows times panels of tokens, six rows and a panel at a time: twelve sums stay in
 * registers, tokens along the lanes, while two vectors and six weights are loaded for twelve
 * multiply-adds. A sum needs nothing added across lanes; its terms are added in the order of
 * columns. Ragged ends repeat the last row and throw the repeats away.
 */
final class RegisterTile {
  /** Weight rows multiplied at a time. */
  static final int ROWS = 6;

  /** Sums held at a time. */
  static final int SUMS = 2 * ROWS;

  private RegisterTile() {}

  /**
   * @param tile {@code [rows][cols]}
   * @param panels of the batch, {@link TokenPanels}
   * @param product whose result rows receive columns {@code first} to {@code first + rows - 1}
   * @param lanes scratch for {@link #SUMS} vectors
   */
  static void multiply(
      float[] tile,
      int rows,
      float[] panels,
      int batch,
      int cols,
      Product product,
      int first,
      float[] lanes) {
    for (int panel = 0; panel < TokenPanels.count(batch); panel++) {
      int tokens = Math.min(TokenPanels.TOKENS, batch - panel * TokenPanels.TOKENS);
      for (int r = 0; r < rows; r += ROWS) {
        sums(tile, r, rows - 1, panels, panel * cols * TokenPanels.TOKENS, cols, lanes);
        int kept = Math.min(ROWS, rows - r);
        store(product, first + r, kept, panel * TokenPanels.TOKENS, tokens, lanes);
      }
    }
  }

  private static void sums(
      float[] w, int row, int last, float[] x, int at, int cols, float[] lanes) {
    int w0 = row * cols;
    int w1 = Math.min(row + 1, last) * cols;
    int w2 = Math.min(row + 2, last) * cols;
    int w3 = Math.min(row + 3, last) * cols;
    int w4 = Math.min(row + 4, last) * cols;
    int w5 = Math.min(row + 5, last) * cols;
    FloatVector s00 = FloatVector.zero(Lanes.FLOATS);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    for (int k = 0; k < cols; k++) {
      FloatVector x0 = Lanes.load(x, at + k * TokenPanels.TOKENS);
      FloatVector x1 = Lanes.load(x, at + k * TokenPanels.TOKENS + Lanes.COUNT);
      FloatVector weight = FloatVector.broadcast(Lanes.FLOATS, w[w0 + k]);
      s00 = weight.fma(x0, s00);
      s01 = weight.fma(x1, s01);
      weight = FloatVector.broadcast(Lanes.FLOATS, w[w1 + k]);
      s10 = weight.fma(x0, s10);
      s11 = weight.fma(x1, s11);
      weight = FloatVector.broadcast(Lanes.FLOATS, w[w2 + k]);
      s20 = weight.fma(x0, s20);
      s21 = weight.fma(x1, s21);
      weight = FloatVector.broadcast(Lanes.FLOATS, w[w3 + k]);
      s30 = weight.fma(x0, s30);
      s31 = weight.fma(x1, s31);
      weight = FloatVector.broadcast(Lanes.FLOATS, w[w4 + k]);
      s40 = weight.fma(x0, s40);
      s41 = weight.fma(x1, s41);
      weight = FloatVector.broadcast(Lanes.FLOATS, w[w5 + k]);
      s50 = weight.fma(x0, s50);
      s51 = weight.fma(x1, s51);
    }
    keep(lanes, 0, s00, s01);
    keep(lanes, 1, s10, s11);
    keep(lanes, 2, s20, s21);
    keep(lanes, 3, s30, s31);
    keep(lanes, 4, s40, s41);
    keep(lanes, 5, s50, s51);
  }

  private static void keep(float[] lanes, int row, FloatVector low, FloatVector high) {
    low.intoArray(lanes, row * TokenPanels.TOKENS);
    high.intoArray(lanes, row * TokenPanels.TOKENS + Lanes.COUNT);
  }

  /** Adds the bias and writes the results, token by token. */
  private static void store(
      Product product, int row, int rows, int token, int tokens, float[] lanes) {
    float[] result = product.result();
    float[] bias = product.bias();
    for (int t = 0; t < tokens; t++) {
      int to = (token + t) * product.rows() + row;
      for (int r = 0; r < rows; r++) {
        float sum = lanes[r * TokenPanels.TOKENS + t];
        result[to + r] = bias.length == 0 ? sum : sum + bias[row + r];
      }
    }
  }
}
