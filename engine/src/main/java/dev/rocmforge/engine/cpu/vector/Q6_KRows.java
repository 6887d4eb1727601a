package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q6_K: {@code d scale (q - 32)} with one signed scale for 16 weights. 64 bytes of nibbles and 32
 * bytes of bit pairs make 128 weights: nibble byte {@code i} holds weights {@code i} and {@code i +
 * 64}, bit pair {@code p} of byte {@code i} belongs to weight {@code i + 32 p}.
 *
 * <p>Low and high nibbles are two passes over the row: one loop for both is more than the compiler
 * is willing to inline, and then every vector becomes an object.
 */
final class Q6_KRows implements HeldRows {
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
    return lowDot(weights, at, cols, x) + highDot(weights, at, cols, x);
  }

  /** Weights 0 to 63 of every 128. */
  private static float lowDot(MemorySegment weights, long at, int cols, float[] x) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int part = 0; part < cols / 128; part++) {
      long block = at + (long) (part / 2) * BLOCK_BYTES;
      long half = part % 2;
      float d = Quants.half(weights, block + SCALE);
      for (int j = 0; j < 32; j += Lanes.COUNT) {
        IntVector first = Quants.unsigned(weights, block + 64 * half + j);
        IntVector second = Quants.unsigned(weights, block + 64 * half + 32 + j);
        IntVector pairs = Quants.unsigned(weights, block + PAIRS + 32 * half + j);
        long scales = block + SCALES + 8 * half + j / 16;
        int from = part * 128 + j;
        total =
            code(first.and(15), pairs.lanewise(VectorOperators.LSHL, 4))
                .mul(scale(weights, scales, d))
                .fma(Lanes.load(x, from), total);
        total =
            code(second.and(15), pairs.lanewise(VectorOperators.LSHL, 2))
                .mul(scale(weights, scales + 2, d))
                .fma(Lanes.load(x, from + 32), total);
      }
    }
    return Lanes.sum(total);
  }

  /** Weights {@code from} to {@code from + 63} of every 128, in the order of the passes above. */
  private static float heldDot(float[] w, int from, float[] x, int xo, int cols) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int at = from; at < cols; at += 128) {
      for (int j = at; j < at + 32; j += Lanes.COUNT) {
        total = Lanes.load(w, j).fma(Lanes.load(x, xo + j), total);
        total = Lanes.load(w, j + 32).fma(Lanes.load(x, xo + j + 32), total);
      }
    }
    return Lanes.sum(total);
  }

  /** Weights 64 to 127 of every 128. */
  private static float highDot(MemorySegment weights, long at, int cols, float[] x) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int part = 0; part < cols / 128; part++) {
      long block = at + (long) (part / 2) * BLOCK_BYTES;
      long half = part % 2;
      float d = Quants.half(weights, block + SCALE);
      for (int j = 0; j < 32; j += Lanes.COUNT) {
        IntVector first = Quants.unsigned(weights, block + 64 * half + j);
        IntVector second = Quants.unsigned(weights, block + 64 * half + 32 + j);
        IntVector pairs = Quants.unsigned(weights, block + PAIRS + 32 * half + j);
        long scales = block + SCALES + 8 * half + j / 16;
        int from = part * 128 + 64 + j;
        total =
            code(first.lanewise(VectorOperators.LSHR, 4), pairs)
                .mul(scale(weights, scales + 4, d))
                .fma(Lanes.load(x, from), total);
        total =
            code(second.lanewise(VectorOperators.LSHR, 4), pairs.lanewise(VectorOperators.LSHR, 2))
                .mul(scale(weights, scales + 6, d))
                .fma(Lanes.load(x, from + 32), total);
      }
    }
    return Lanes.sum(total);
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    decode(weights, at, cols, scratch.tile, 0, scratch);
  }

  @Override
  public float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch) {
    return heldDot(scratch.tile, 0, x, xo, cols) + heldDot(scratch.tile, 64, x, xo, cols);
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int part = 0; part < cols / 128; part++) {
      long block = at + (long) (part / 2) * BLOCK_BYTES;
      int to = offset + part * 128;
      decodeLow(weights, block, part % 2, target, to);
      decodeHigh(weights, block, part % 2, target, to + 64);
    }
  }

  private static void decodeLow(
      MemorySegment weights, long block, long half, float[] target, int to) {
    float d = Quants.half(weights, block + SCALE);
    for (int j = 0; j < 32; j += Lanes.COUNT) {
      IntVector first = Quants.unsigned(weights, block + 64 * half + j);
      IntVector second = Quants.unsigned(weights, block + 64 * half + 32 + j);
      IntVector pairs = Quants.unsigned(weights, block + PAIRS + 32 * half + j);
      long scales = block + SCALES + 8 * half + j / 16;
      code(first.and(15), pairs.lanewise(VectorOperators.LSHL, 4))
          .mul(scale(weights, scales, d))
          .intoArray(target, to + j);
      code(second.and(15), pairs.lanewise(VectorOperators.LSHL, 2))
          .mul(scale(weights, scales + 2, d))
          .intoArray(target, to + 32 + j);
    }
  }

  private static void decodeHigh(
      MemorySegment weights, long block, long half, float[] target, int to) {
    float d = Quants.half(weights, block + SCALE);
    for (int j = 0; j < 32; j += Lanes.COUNT) {
      IntVector first = Quants.unsigned(weights, block + 64 * half + j);
      IntVector second = Quants.unsigned(weights, block + 64 * half + 32 + j);
      IntVector pairs = Quants.unsigned(weights, block + PAIRS + 32 * half + j);
      long scales = block + SCALES + 8 * half + j / 16;
      code(first.lanewise(VectorOperators.LSHR, 4), pairs)
          .mul(scale(weights, scales + 4, d))
          .intoArray(target, to + j);
      code(second.lanewise(VectorOperators.LSHR, 4), pairs.lanewise(VectorOperators.LSHR, 2))
          .mul(scale(weights, scales + 6, d))
          .intoArray(target, to + 32 + j);
    }
  }
}
