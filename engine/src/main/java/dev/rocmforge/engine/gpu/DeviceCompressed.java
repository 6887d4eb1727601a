package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;
import java.util.Optional;

/**
 * The parts of a compressed matrix on the device: {@code (B + S + U V) R}, an absent one without
 * memory.
 *
 * @param rotated whether R is the Hadamard rotation
 * @param blocks B
 * @param starts row starts of S
 * @param sparseColumns columns of S
 * @param values values of S
 * @param u {@code [rows][rank]}
 * @param v {@code [rank][columns]}
 */
record DeviceCompressed(
    int rows,
    int columns,
    boolean rotated,
    Optional<DeviceMatrix> blocks,
    Slice starts,
    Slice sparseColumns,
    Slice values,
    int rank,
    Slice u,
    Slice v) {
  /** What the other launchers know it by: its shape, without memory of its own. */
  DeviceMatrix shape() {
    return blocks.orElseGet(
        () -> new DeviceMatrix(QuantType.F32, Slice.NONE, rows, columns, 0, rows));
  }
}
