package dev.rocmforge.engine.compress;

import dev.rocmforge.engine.InputException;

/**
 * A product of two thin matrices {@code U V}: U is {@code [rows][rank]}, V is {@code [rank][cols]},
 * both row-major; singular values are folded into U. Immutable. The rank is bounded by nothing but
 * the matrix.
 */
public final class LowRank {
  private final int rows;
  private final int cols;
  private final int rank;
  private final float[] u;
  private final float[] v;

  /**
   * Takes the arrays, not copies.
   *
   * @param place what it is, for messages
   * @throws InputException if the rank is more than the smaller side or a value is not finite
   */
  public LowRank(String place, int rows, int cols, int rank, float[] u, float[] v) {
    if (rank < 1 || rank > Math.min(rows, cols)) {
      throw new InputException(
          "%s: rank of 1 to %d needed, %d found".formatted(place, Math.min(rows, cols), rank));
    }
    assert u.length == (long) rows * rank && v.length == (long) rank * cols : place;
    this.rows = rows;
    this.cols = cols;
    this.rank = rank;
    this.u = u;
    this.v = v;
    checkFinite(place + ": U", u);
    checkFinite(place + ": V", v);
  }

  private static void checkFinite(String place, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            "%s: value %d: a finite number needed, %s found".formatted(place, i, values[i]));
      }
    }
  }

  public int rows() {
    return rows;
  }

  public int cols() {
    return cols;
  }

  public int rank() {
    return rank;
  }

  /** A copy of U. */
  public float[] u() {
    return u.clone();
  }

  /** A copy of V. */
  public float[] v() {
    return v.clone();
  }

  /** Adds row {@code row} of the product to {@code target[offset .. offset + cols)}. */
  public void addRow(int row, float[] target, int offset) {
    double[] sums = new double[cols];
    for (int k = 0; k < rank; k++) {
      double factor = u[row * rank + k];
      for (int col = 0; col < cols; col++) {
        sums[col] += factor * v[k * cols + col];
      }
    }
    for (int col = 0; col < cols; col++) {
      target[offset + col] += (float) sums[col];
    }
  }

  /**
   * {@code y += U (V x)} for one vector; sums run in double, ascending.
   *
   * @param inner scratch of at least {@link #rank} elements
   */
  public void multiply(float[] x, int xOffset, double[] inner, float[] y, int yOffset) {
    for (int k = 0; k < rank; k++) {
      double sum = 0;
      for (int col = 0; col < cols; col++) {
        sum += (double) v[k * cols + col] * x[xOffset + col];
      }
      inner[k] = sum;
    }
    for (int row = 0; row < rows; row++) {
      double sum = y[yOffset + row];
      for (int k = 0; k < rank; k++) {
        sum += u[row * rank + k] * inner[k];
      }
      y[yOffset + row] = (float) sum;
    }
  }
}
