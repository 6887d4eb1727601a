package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Q4_1: {@code d q + m}; m is multiplied by the sum of the activations, once a block. */
final class Q4_1Rows implements RowKernel {
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
