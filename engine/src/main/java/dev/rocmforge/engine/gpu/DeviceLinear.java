package dev.rocmforge.engine.gpu;

import java.util.Optional;

/**
 * {@code y = W x + b} on the device.
 *
 * @param bias f32, one a row, or {@link Slice#NONE}
 * @param compressed W where it is no blocks of a type; {@code matrix} is its shape then
 */
record DeviceLinear(DeviceMatrix matrix, Slice bias, Optional<DeviceCompressed> compressed) {
  /** With blocks of a type. */
  DeviceLinear(DeviceMatrix matrix, Slice bias) {
    this(matrix, bias, Optional.empty());
  }

  int rows() {
    return matrix.rows();
  }

  boolean quantized() {
    return compressed.isEmpty() && matrix.quantized();
  }
}
