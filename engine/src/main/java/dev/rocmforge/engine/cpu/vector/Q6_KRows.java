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

  /** Nibbles and the bit pairs already moved to bits 4 and 5. */
  private static FloatVector code(IntVector nibbles, IntVector pairs) {
    return Quants.floats(nibbles.or(pairs.and(48)).sub(32));
  }

  private static FloatVector scale(MemorySegment weights, long at, float d) {
    return FloatVector.broadcast(Lanes.FLOATS, d * Quants.signedByte(weights, at));
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
        for (int j = 0; j < 32; j += Lanes.COUNT) {
          IntVector first = Quants.unsigned(weights, block + 64L * half + j);
          IntVector second = Quants.unsigned(weights, block + 64L * half + 32 + j);
          IntVector pairs = Quants.unsigned(weights, block + PAIRS + 32L * half + j);
          long scales = block + SCALES + 8L * half + j / 16;
          FloatVector q0 = code(first.and(15), pairs.lanewise(VectorOperators.LSHL, 4));
          FloatVector q1 = code(second.and(15), pairs.lanewise(VectorOperators.LSHL, 2));
          FloatVector q2 = code(first.lanewise(VectorOperators.LSHR, 4), pairs);
          FloatVector q3 =
              code(
                  second.lanewise(VectorOperators.LSHR, 4),
                  pairs.lanewise(VectorOperators.LSHR, 2));
          total = q0.mul(scale(weights, scales, d)).fma(Lanes.load(x, from + j), total);
          total = q1.mul(scale(weights, scales + 2, d)).fma(Lanes.load(x, from + 32 + j), total);
          total = q2.mul(scale(weights, scales + 4, d)).fma(Lanes.load(x, from + 64 + j), total);
          total = q3.mul(scale(weights, scales + 6, d)).fma(Lanes.load(x, from + 96 + j), total);
        }
      }
    }
    return total.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int b = 0; b < cols / BLOCK; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block + SCALE);
      for (int half = 0; half < 2; half++) {
        int to = offset + b * BLOCK + half * 128;
        for (int j = 0; j < 32; j += Lanes.COUNT) {
          IntVector first = Quants.unsigned(weights, block + 64L * half + j);
          IntVector second = Quants.unsigned(weights, block + 64L * half + 32 + j);
          IntVector pairs = Quants.unsigned(weights, block + PAIRS + 32L * half + j);
          long scales = block + SCALES + 8L * half + j / 16;
          code(first.and(15), pairs.lanewise(VectorOperators.LSHL, 4))
              .mul(scale(weights, scales, d))
              .intoArray(target, to + j);
          code(second.and(15), pairs.lanewise(VectorOperators.LSHL, 2))
              .mul(scale(weights, scales + 2, d))
              .intoArray(target, to + 32 + j);
          code(first.lanewise(VectorOperators.LSHR, 4), pairs)
              .mul(scale(weights, scales + 4, d))
              .intoArray(target, to + 64 + j);
          code(second.lanewise(VectorOperators.LSHR, 4), pairs.lanewise(VectorOperators.LSHR, 2))
              .mul(scale(weights, scales + 6, d))
              .intoArray(target, to + 96 + j);
        }
      }
    }
  }
}
