package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Q8_0: {@code d q} with signed bytes. */
final class Q8_0Rows implements RowKernel {
  private static final int BLOCK_BYTES = 34;

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      FloatVector part = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < GROUP; j += Lanes.COUNT) {
        part = Quants.signed(weights, block + 2 + j).fma(Lanes.load(x, b * GROUP + j), part);
      }
      total = part.fma(FloatVector.broadcast(Lanes.FLOATS, Quants.half(weights, block)), total);
    }
    return Lanes.sum(total);
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      scratch.codes.group(b, Quants.half(weights, block), 0);
      for (int j = 0; j < GROUP; j += Lanes.COUNT) {
        scratch.codes.put(b, j, Quants.signed(weights, block + 2 + j));
      }
    }
  }

  @Override
  public float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch) {
    return scratch.codes.dot(cols, x, xo);
  }

  @Override
  public void heldDots(
      int cols, float[] x, int count, float[] sums, float[] dots, WorkerScratch scratch) {
    scratch.codes.dots(cols, Lanes.COUNT, x, count, dots);
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      for (int j = 0; j < GROUP; j += Lanes.COUNT) {
        Quants.signed(weights, block + 2 + j).mul(d).intoArray(target, offset + b * GROUP + j);
      }
    }
  }
}
