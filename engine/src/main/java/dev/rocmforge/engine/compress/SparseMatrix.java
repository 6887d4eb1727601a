package dev.rocmforge.engine.compress;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;

/**
 * A matrix in compressed sparse rows: row {@code r} has the values {@code starts[r] .. starts[r +
 * 1])}, each with its column, ascending within a row. Immutable.
 */
public final class SparseMatrix {
  private final int cols;
  private final int[] starts;
  private final int[] columns;
  private final float[] values;

  /**
   * Takes the arrays, not copies.
   *
   * @param place what it is, for messages
   * @param starts one more than there are rows
   * @throws InputException if the starts do not ascend from 0 to the number of values, a column is
   *     out of range or out of order, or a value is not finite
   */
  public SparseMatrix(String place, int cols, int[] starts, int[] columns, float[] values) {
    this.cols = cols;
    this.starts = starts;
    this.columns = columns;
    this.values = values;
    if (starts[0] != 0 || starts[rows()] != values.length) {
      throw new InputException(
          "%s: row starts from 0 to %d needed, %d to %d found"
              .formatted(place, values.length, starts[0], starts[rows()]));
    }
    for (int row = 0; row < rows(); row++) {
      checkRow(place, row);
    }
  }

  private void checkRow(String place, int row) {
    if (starts[row + 1] < starts[row] || starts[row + 1] > values.length) {
      throw new InputException(
          "%s: start of row %d: %d to %d needed, %d found"
              .formatted(place, row + 1, starts[row], values.length, starts[row + 1]));
    }
    int before = -1;
    for (int i = starts[row]; i < starts[row + 1]; i++) {
      if (columns[i] <= before || columns[i] >= cols) {
        throw new InputException(
            "%s: row %d, column index %d: %d to %d needed, %d found"
                .formatted(place, row, i, before + 1, cols - 1, columns[i]));
      }
      before = columns[i];
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            "%s: row %d, column %d: a finite number needed, %s found"
                .formatted(place, row, before, values[i]));
      }
    }
  }

  /**
   * The values of a row-major matrix whose magnitude is more than {@code threshold}.
   *
   * @param threshold 0 keeps everything but zeros
   */
  public static SparseMatrix of(float[] dense, int rows, int cols, double threshold) {
    int[] starts = new int[rows + 1];
    for (int row = 0; row < rows; row++) {
      int count = 0;
      for (int col = 0; col < cols; col++) {
        count += Math.abs(dense[row * cols + col]) > threshold ? 1 : 0;
      }
      starts[row + 1] = Math.addExact(starts[row], count);
    }
    int[] columns = new int[starts[rows]];
    float[] values = new float[starts[rows]];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        float value = dense[row * cols + col];
        if (Math.abs(value) > threshold) {
          columns[at] = col;
          values[at++] = value;
        }
      }
    }
    return new SparseMatrix("pruned matrix", cols, starts, columns, values);
  }

  /**
   * The largest magnitudes of a row-major matrix; of equal ones at the border none.
   *
   * @param share at most so much of all values is kept, 0 to 1
   */
  public static SparseMatrix largest(float[] dense, int rows, int cols, double share) {
    float[] magnitudes = new float[dense.length];
    for (int i = 0; i < dense.length; i++) {
      magnitudes[i] = Math.abs(dense[i]);
    }
    Arrays.sort(magnitudes);
    int dropped = dense.length - (int) (share * dense.length);
    return of(dense, rows, cols, dropped == 0 ? 0 : magnitudes[dropped - 1]);
  }

  public int rows() {
    return starts.length - 1;
  }

  public int cols() {
    return cols;
  }

  /** Stored values. */
  public int nonZeros() {
    return values.length;
  }

  /** A copy of the row starts, one more than there are rows. */
  public int[] starts() {
    return starts.clone();
  }

  /** A copy of the columns. */
  public int[] columns() {
    return columns.clone();
  }

  /** A copy of the values. */
  public float[] values() {
    return values.clone();
  }

  /** As {@link #starts}; not a copy and not to be changed. */
  public int[] rowStarts() {
    return starts;
  }

  /** As {@link #columns}; not a copy and not to be changed. */
  public int[] columnIndices() {
    return columns;
  }

  /** As {@link #values}; not a copy and not to be changed. */
  public float[] storedValues() {
    return values;
  }

  /** Adds row {@code row} to {@code target[offset .. offset + cols)}. */
  public void addRow(int row, float[] target, int offset) {
    for (int i = starts[row]; i < starts[row + 1]; i++) {
      target[offset + columns[i]] += values[i];
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseMatrix that
        && cols == that.cols
        && Arrays.equals(starts, that.starts)
        && Arrays.equals(columns, that.columns)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(starts);
  }
}
