package dev.rocmforge.engine.gpu;

/**
 * {@code y = W x + b} on the device.
 *
 * @param bias f32, one a row, or {@link Slice#NONE}
 */
record DeviceLinear(DeviceMatrix matrix, Slice bias) {
  int rows() {
    return matrix.rows();
  }

  boolean quantized() {
    return matrix.quantized();
  }
}
