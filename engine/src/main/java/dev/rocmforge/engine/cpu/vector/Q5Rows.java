package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q5_0, {@code d (q - 16)}, and Q5_1, {@code d q + m}: nibbles as in the 4-bit formats, the fifth
 * bits of a block in one word that is shifted by another amount in every lane.
 *
 * @param minimum whether a block has its own m
 */
record Q5Rows(boolean minimum) implements HeldRows {
  private static final IntVector LANE = IntVector.zero(Lanes.INTS).addIndex(1);

  private int blockBytes() {
    return minimum ? 24 : 22;
  }

  /** What is added to every weight of a block. */
  private float offset(MemorySegment weights, long block, float d) {
    return minimum ? Quants.half(weights, block + 2) : -16 * d;
  }

  /** Bits {@code from} to {@code from + lanes - 1} of the word, moved to bit 4 of their lanes. */
  private static IntVector fifth(int word, int from) {
    return IntVector.broadcast(Lanes.INTS, word >>> from)
        .lanewise(VectorOperators.LSHR, LANE)
        .and(1)
        .lanewise(VectorOperators.LSHL, 4);
  }

  private static FloatVector low(IntVector q, int word, int j) {
    return Quants.floats(q.and(15).or(fifth(word, j)));
  }

  private static FloatVector high(IntVector q, int word, int j) {
    return Quants.floats(q.lanewise(VectorOperators.LSHR, 4).or(fifth(word, 16 + j)));
  }

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    float offset = 0;
    int codes = blockBytes() - 16;
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * blockBytes();
      float d = Quants.half(weights, block);
      int word = Quants.bits(weights, block + codes - 4);
      FloatVector part = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector q = Quants.unsigned(weights, block + codes + j);
        part = low(q, word, j).fma(Lanes.load(x, b * GROUP + j), part);
        part = high(q, word, j).fma(Lanes.load(x, b * GROUP + 16 + j), part);
      }
      total = part.fma(FloatVector.broadcast(Lanes.FLOATS, d), total);
      offset += offset(weights, block, d) * sums[b];
    }
    return Lanes.sum(total) + offset;
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    int codes = blockBytes() - 16;
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * blockBytes();
      float d = Quants.half(weights, block);
      int word = Quants.bits(weights, block + codes - 4);
      scratch.codes.group(b, d, offset(weights, block, d));
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector q = Quants.unsigned(weights, block + codes + j);
        scratch.codes.put(b, j, low(q, word, j));
        scratch.codes.put(b, 16 + j, high(q, word, j));
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
    int codes = blockBytes() - 16;
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * blockBytes();
      float d = Quants.half(weights, block);
      float add = offset(weights, block, d);
      int word = Quants.bits(weights, block + codes - 4);
      int to = offset + b * GROUP;
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector q = Quants.unsigned(weights, block + codes + j);
        low(q, word, j).mul(d).add(add).intoArray(target, to + j);
        high(q, word, j).mul(d).add(add).intoArray(target, to + 16 + j);
      }
    }
  }
}
