package dev.rocmforge.engine.model;

/** A weight matrix, or a stack of them row after row, in any form. Immutable. */
public sealed interface Matrix permits Tensor, CompressedMatrix, MatrixStack {
  /** Name in the file, for messages. */
  String name();

  /** Outputs of the product {@code y = W x}. */
  long rows();

  /** Inputs of the product. */
  int cols();

  /** Rows {@code first} to {@code first + count - 1}; of a stack exactly one of its matrices. */
  Matrix slice(long first, long count);

  /** Decodes row {@code row} of the matrix that is meant into {@code target[offset ..]}. */
  void decodeRow(long row, float[] target, int offset);

  /** The matrix as blocks; a bug where it is of another form. */
  default Tensor plain() {
    if (this instanceof Tensor tensor) {
      return tensor;
    }
    throw new AssertionError(name() + " is no blocks of a type");
  }
}
