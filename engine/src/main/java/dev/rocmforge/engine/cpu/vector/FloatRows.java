package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * F32: copied stretch by stretch and multiplied while in the first-level cache. Loading float
 * vectors from the segment itself left boxed vectors behind in compiled code.
 */
final class FloatRows implements HeldRows {
  private static final int STRETCH = 1024;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    float sum = 0;
    for (int from = 0; from < cols; from += STRETCH) {
      int count = Math.min(STRETCH, cols - from);
      MemorySegment.copy(weights, FLOAT, at + 4L * from, scratch.tile, 0, count);
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
    MemorySegment.copy(weights, FLOAT, at, target, offset, cols);
  }
}
