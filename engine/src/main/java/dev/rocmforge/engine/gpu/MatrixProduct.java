package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;

/**
 * A product whose launch shape is chosen.
 *
 * @param operation last part of the kernel's path: {@code gemv_q8}
 * @param rows of the product, of gate in fused ones
 */
record MatrixProduct(String operation, QuantType type, int rows, int columns) {
  /** Path of its kernel: {@code q4_0/gemv_q8}. */
  String path() {
    return PlaneLayout.folder(type) + "/" + operation;
  }

  @Override
  public String toString() {
    return "%s %dx%d".formatted(path(), rows, columns);
  }
}
