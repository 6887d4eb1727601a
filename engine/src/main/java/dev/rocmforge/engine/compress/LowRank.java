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

  /** {@code [rank][rows]}: U column by column, so that rows lie side by side. */
  private final float[] u;

  private final float[] v;

  /**
   * Takes {@code v} itself, not a copy.
   *
   * @param place what it is, for messages
   * @param u {@code [rows][rank]}
   * @param v {@code [rank][cols]}
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
    this.u = turned(u, rows, rank);
    this.v = v;
    checkFinite(place + ": U", u);
    checkFinite(place + ": V", v);
  }

  private static float[] turned(float[] values, int rows, int cols) {
    float[] turned = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        turned[col * rows + row] = values[row * cols + col];
      }
    }
    return turned;
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

  /** A copy of U, {@code [rows][rank]}. */
  public float[] u() {
    return turned(u, rank, rows);
  }

  /** A copy of V, {@code [rank][cols]}. */
  public float[] v() {
    return v.clone();
  }

  /** U, {@code [rank][rows]}; not a copy and not to be changed. */
  public float[] columnsOfU() {
    return u;
  }

  /** V, {@code [rank][cols]}; not a copy and not to be changed. */
  public float[] rowsOfV() {
    return v;
  }

  /** Adds row {@code row} of the product to {@code target[offset .. offset + cols)}. */
  public void addRow(int row, float[] target, int offset) {
    double[] sums = new double[cols];
    for (int k = 0; k < rank; k++) {
      double factor = u[k * rows + row];
      for (int col = 0; col < cols; col++) {
        sums[col] += factor * v[k * cols + col];
      }
    }
    for (int col = 0; col < cols; col++) {
      target[offset + col] += (float) sums[col];
    }
  }
}
