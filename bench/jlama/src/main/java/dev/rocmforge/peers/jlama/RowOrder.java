package dev.rocmforge.peers.jlama;

import dev.rocmforge.engine.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongUnaryOperator;

/** Copies of matrices with their rows in another order; the rows stay as they are. */
final class RowOrder {
  private RowOrder() {}

  /**
   * @param from the row of {@code matrix} that becomes a row
   */
  static Tensor of(Tensor matrix, LongUnaryOperator from) {
    MemorySegment copy = Arena.ofAuto().allocate(matrix.data().byteSize());
    for (long row = 0; row < matrix.rows(); row++) {
      MemorySegment.copy(
          matrix.data(),
          matrix.rowOffset(from.applyAsLong(row)),
          copy,
          matrix.rowOffset(row),
          matrix.rowBytes());
    }
    return new Tensor(matrix.name(), matrix.type(), matrix.rows(), matrix.cols(), copy);
  }
}
