package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Q4_1: {@code d q + m}; m is multiplied by the sum of the activations, once a block. */
final class Q4_1Rows implements HeldRows {
  private static final int BLOCK_BYTES = 20;

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    float offset = 0;
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      FloatVector part = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector q = Quants.unsigned(weights, block + 4 + j);
        part = Quants.low(q).fma(Lanes.load(x, b * GROUP + j), part);
        part = Quants.high(q).fma(Lanes.load(x, b * GROUP + 16 + j), part);
      }
      total = part.fma(FloatVector.broadcast(Lanes.FLOATS, d), total);
      offset += Quants.half(weights, block + 2) * sums[b];
    }
    return Lanes.sum(total) + offset;
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      scratch.codes.group(b, Quants.half(weights, block), Quants.half(weights, block + 2));
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        scratch.codes.nibbles(b, j, Quants.unsigned(weights, block + 4 + j));
      }
    }
  }

  @Override
  public float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch) {
    return scratch.codes.nibbleDot(cols, x, xo) + scratch.codes.offset(cols, sums, so);
  }

  @Override
  public void heldDots(
      int cols, float[] x, int count, float[] sums, float[] dots, WorkerScratch scratch) {
    scratch.codes.dots(cols, 16, x, count, dots);
    scratch.codes.addOffsets(cols, sums, count, dots);
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      float m = Quants.half(weights, block + 2);
      int to = offset + b * GROUP;
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector q = Quants.unsigned(weights, block + 4 + j);
        Quants.low(q).mul(d).add(m).intoArray(target, to + j);
        Quants.high(q).mul(d).add(m).intoArray(target, to + 16 + j);
      }
    }
  }
}
