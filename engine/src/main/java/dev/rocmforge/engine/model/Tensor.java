package dev.rocmforge.engine.model;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;

/**
 * A weight matrix where it lies in the mapped file: {@code rows} rows of {@code cols} weights,
 * row-major, every row a whole number of blocks. A vector is one row. A stack of matrices (experts)
 * is {@code rows = experts * rowsPerExpert}.
 *
 * @param name name in the file, for messages
 * @param type storage format
 * @param rows outputs of the product {@code y = W x}
 * @param cols inputs of the product; the contiguous dimension
 * @param data exactly {@code rows * type.bytes(cols)} bytes, read-only
 */
public record Tensor(String name, QuantType type, long rows, int cols, MemorySegment data)
    implements Matrix {
  /** Bytes from one row to the next. */
  public long rowBytes() {
    return type.bytes(cols);
  }

  /** Byte offset of a row in {@link #data}. */
  public long rowOffset(long row) {
    return row * rowBytes();
  }

  /** Rows {@code first} to {@code first + count - 1} as a matrix of its own, not copied. */
  @Override
  public Tensor slice(long first, long count) {
    return new Tensor(name, type, count, cols, data.asSlice(rowOffset(first), count * rowBytes()));
  }

  /** Decodes row {@code row} into {@code target[offset .. offset + cols)}. */
  @Override
  public void decodeRow(long row, float[] target, int offset) {
    type.format().decode(data, rowOffset(row), target, offset, cols);
  }

  /** All weights decoded, row-major; for vectors and other small tensors. */
  public float[] decode() {
    float[] values = new float[Math.toIntExact(rows * cols)];
    for (int row = 0; row < rows; row++) {
      decodeRow(row, values, row * cols);
    }
    return values;
  }
}
