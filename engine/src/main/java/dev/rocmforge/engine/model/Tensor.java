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
public record Tensor(String name, QuantType type, long rows, int cols, MemorySegment data) {
  /** Bytes from one row to the next. */
  public long rowBytes() {
    return type.bytes(cols);
  }
}
