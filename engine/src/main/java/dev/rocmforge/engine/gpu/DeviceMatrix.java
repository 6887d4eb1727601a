package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;

/**
 * Rows of a weight tensor in planes on the device.
 *
 * @param planes start of the whole tensor
 * @param totalRows rows of the whole tensor, which the planes depend on
 * @param firstRow the first of these rows in it
 * @param rows how many
 */
record DeviceMatrix(
    QuantType type, Slice planes, int totalRows, int columns, int firstRow, int rows) {
  /** Whether {@code next} are the rows behind these in the same tensor. */
  boolean precedes(DeviceMatrix next) {
    return planes.equals(next.planes) && firstRow + rows == next.firstRow;
  }

  /** These rows and {@code count - rows} behind them. */
  DeviceMatrix extended(int count) {
    return new DeviceMatrix(type, planes, totalRows, columns, firstRow, count);
  }

  /** The whole tensor. */
  DeviceMatrix whole() {
    return new DeviceMatrix(type, planes, totalRows, columns, 0, totalRows);
  }

  boolean quantized() {
    return PlaneLayout.quantized(type);
  }

  /** Folder of the type's kernels. */
  String folder() {
    return PlaneLayout.folder(type);
  }
}
