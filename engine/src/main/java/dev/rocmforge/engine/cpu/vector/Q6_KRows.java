package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q6_K: {@code d scale (q - 32)} with one signed scale for 16 weights. 64 bytes of nibbles and 32
 * bytes of bit pairs make 128 weights: nibble byte {@code i} holds weights {@code i} and {@code i +
 * 64}, bit pair {@code p} of byte {@code i} belongs to weight {@code i + 32 p}.
 */
final class Q6_KRows implements RowKernel {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 210;
  private static final int PAIRS = 128;
  private static final int SCALES = 192;
  private static final int SCALE = 208;

  /** Weights {@code 32 quarter + j} and following of half {@code half}, without d and scale. */
  private static FloatVector codes(
      MemorySegment weights, long block, int half, int quarter, int j) {
    long nibbles = block + 64L * half + 32L * (quarter % 2) + j;
    IntVector q = Quants.unsigned(weights, nibbles);
    IntVector low = quarter < 2 ? q.and(15) : q.lanewise(VectorOperators.LSHR, 4);
    IntVector high =
        Quants.unsigned(weights, block + PAIRS + 32L * half + j)
            .lanewise(VectorOperators.LSHR, 2 * quarter)
            .and(3)
            .lanewise(VectorOperators.LSHL, 4);
    return Quants.floats(low.or(high).sub(32));
  }

  /** d times the scale of the 16 weights from {@code 128 half + 32 quarter + 16 part} on. */
  private static float scale(
      MemorySegment weights, long block, float d, int half, int quarter, int part) {
    return d * Quants.signedByte(weights, block + SCALES + 8L * half + 2L * quarter + part);
  }

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int b = 0; b < cols / BLOCK; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block + SCALE);
      for (int half = 0; half < 2; half++) {
        int from = b * BLOCK + half * 128;
        total = quarter(weights, block, d, half, 0, x, from, total);
        total = quarter(weights, block, d, half, 1, x, from + 32, total);
        total = quarter(weights, block, d, half, 2, x, from + 64, total);
        total = quarter(weights, block, d, half, 3, x, from + 96, total);
      }
    }
    return total.reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector quarter(
      MemorySegment weights,
      long block,
      float d,
      int half,
      int quarter,
      float[] x,
      int from,
      FloatVector before) {
    FloatVector total = before;
    for (int part = 0; part < 2; part++) {
      FloatVector sum = FloatVector.zero(Lanes.FLOATS);
      for (int j = 16 * part; j < 16 * part + 16; j += Lanes.COUNT) {
        sum = codes(weights, block, half, quarter, j).fma(Lanes.load(x, from + j), sum);
      }
      float factor = scale(weights, block, d, half, quarter, part);
      total = sum.fma(FloatVector.broadcast(Lanes.FLOATS, factor), total);
    }
    return total;
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int b = 0; b < cols / BLOCK; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block + SCALE);
      for (int half = 0; half < 2; half++) {
        int to = offset + b * BLOCK + half * 128;
        decodeQuarter(weights, block, d, half, 0, target, to);
        decodeQuarter(weights, block, d, half, 1, target, to + 32);
        decodeQuarter(weights, block, d, half, 2, target, to + 64);
        decodeQuarter(weights, block, d, half, 3, target, to + 96);
      }
    }
  }

  private static void decodeQuarter(
      MemorySegment weights, long block, float d, int half, int quarter, float[] target, int to) {
    for (int j = 0; j < 32; j += Lanes.COUNT) {
      codes(weights, block, half, quarter, j)
          .mul(scale(weights, block, d, half, quarter, j / 16))
          .intoArray(target, to + j);
    }
  }
}
