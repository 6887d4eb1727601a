package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * F16 and BF16. The Vector API has no conversion from half floats, but a plain loop over an array
 * of them becomes one: a stretch of the row is copied, converted and multiplied while it is in the
 * first-level cache.
 *
 * @param brain whether the halves are the upper halves of 32-bit floats
 */
record HalfRows(boolean brain) implements HeldRows {
  /** Weights converted at a time. */
  static final int STRETCH = 1024;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    float sum = 0;
    for (int from = 0; from < cols; from += STRETCH) {
      int count = Math.min(STRETCH, cols - from);
      MemorySegment.copy(weights, SHORT, at + 2L * from, scratch.halves, 0, count);
      widen(scratch.halves, scratch.tile, 0, count);
      sum += Lanes.dot(scratch.tile, 0, x, from, count);
    }
    return sum;
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    decode(weights, at, cols, scratch.tile, 0, scratch);
  }

  @Override
  public float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch) {
    float sum = 0;
    for (int from = 0; from < cols; from += STRETCH) {
      sum += Lanes.dot(scratch.tile, from, x, xo + from, Math.min(STRETCH, cols - from));
    }
    return sum;
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int from = 0; from < cols; from += STRETCH) {
      int count = Math.min(STRETCH, cols - from);
      MemorySegment.copy(weights, SHORT, at + 2L * from, scratch.halves, 0, count);
      widen(scratch.halves, target, offset + from, count);
    }
  }

  private void widen(short[] halves, float[] target, int to, int count) {
    if (brain) {
      shift(halves, target, to, count);
    } else {
      convert(halves, 0, target, to, count);
    }
  }

  /** Kept to one plain loop: this is the shape that the compiler turns into vectors. */
  static void convert(short[] halves, int from, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] = Float.float16ToFloat(halves[from + i]);
    }
  }

  private static void shift(short[] halves, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] = Float.intBitsToFloat(halves[i] << 16);
    }
  }
}
