package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;

/**
 * Reads rows of one weight format at speed. Stateless. Activations stay 32-bit floats: the only
 * difference from the scalar reference is the order of summation.
 */
interface RowKernel {
  /** Weights whose activations are summed together in {@code sums}. */
  int GROUP = 32;

  /**
   * Dot product of one row with {@code x}.
   *
   * @param weights the matrix
   * @param at byte offset of the row
   * @param sums sum of every {@value #GROUP} elements of {@code x}: formats with an offset multiply
   *     it once a block
   */
  float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch);

  /**
   * Products of one row with {@code count} rows of activations that follow one another, each with
   * the bits of {@link #dot}.
   *
   * @param sums as in {@link #dot}, of all rows
   * @param dots receives {@code count} products, from 0 on
   */
  void dots(
      MemorySegment weights,
      long at,
      int cols,
      float[] x,
      int count,
      float[] sums,
      float[] dots,
      WorkerScratch scratch);

  /** Decodes one row to {@code target[offset .. offset + cols)}. */
  void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch);

  /** The kernel of a format: its own where there is one, else readable decode and float product. */
  static RowKernel of(QuantType type) {
    return switch (type) {
      case F32 -> new FloatRows();
      case F16 -> new HalfRows(false);
      case BF16 -> new HalfRows(true);
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K ->
          Lanes.COUNT < Quants.LEAST_LANES ? new DecodedRows(type.format()) : fused(type);
      case Q2_K, Q3_K, Q5_K, IQ4_NL -> new DecodedRows(type.format());
    };
  }

  private static RowKernel fused(QuantType type) {
    return switch (type) {
      case Q4_0 -> new Q4_0Rows();
      case Q4_1 -> new Q4_1Rows();
      case Q5_0 -> new Q5Rows(false);
      case Q5_1 -> new Q5Rows(true);
      case Q8_0 -> new Q8_0Rows();
      case Q4_K -> new Q4_KRows();
      case Q6_K -> new Q6_KRows();
      default -> throw new AssertionError(type + " has no kernel of its own");
    };
  }
}
