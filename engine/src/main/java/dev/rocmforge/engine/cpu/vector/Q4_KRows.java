package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Q4_K: eight groups of 32 in a block, {@code d scale q - dmin minimum}. The minima meet the sums
 * of the activations, once a group.
 */
final class Q4_KRows implements HeldRows {
  private static final int BLOCK = 256;
  private static final int BLOCK_BYTES = 144;
  private static final int SCALES = 4;
  private static final int CODES = 16;

  /** Scale of a group in the low half, minimum in the high half; both 6 bits. */
  static int pair(MemorySegment weights, long scales, int group) {
    int low = Quants.unsignedByte(weights, scales + group);
    int next = Quants.unsignedByte(weights, scales + group + 4);
    if (group < 4) {
      return (low & 63) | (next & 63) << 16;
    }
    int high = Quants.unsignedByte(weights, scales + group - 4);
    return (next & 15) | high >> 6 << 4 | (next >> 4 | low >> 6 << 4) << 16;
  }

  @Override
  public float dot(
      MemorySegment weights, long at, int cols, float[] x, float[] sums, WorkerScratch scratch) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    float offset = 0;
    for (int b = 0; b < cols / BLOCK; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      float minimum = Quants.half(weights, block + 2);
      for (int two = 0; two < 4; two++) {
        int from = b * BLOCK + two * 64;
        FloatVector low = FloatVector.zero(Lanes.FLOATS);
        FloatVector high = FloatVector.zero(Lanes.FLOATS);
        for (int j = 0; j < GROUP; j += Lanes.COUNT) {
          IntVector q = Quants.unsigned(weights, block + CODES + (long) two * GROUP + j);
          low = Quants.low(q).fma(Lanes.load(x, from + j), low);
          high = Quants.high(q).fma(Lanes.load(x, from + GROUP + j), high);
        }
        int even = pair(weights, block + SCALES, 2 * two);
        int odd = pair(weights, block + SCALES, 2 * two + 1);
        total = low.fma(FloatVector.broadcast(Lanes.FLOATS, d * (even & 63)), total);
        total = high.fma(FloatVector.broadcast(Lanes.FLOATS, d * (odd & 63)), total);
        int group = from / GROUP;
        offset += -minimum * (even >> 16) * sums[group];
        offset += -minimum * (odd >> 16) * sums[group + 1];
      }
    }
    return Lanes.sum(total) + offset;
  }

  @Override
  public void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch) {
    for (int b = 0; b < cols / BLOCK; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      float minimum = Quants.half(weights, block + 2);
      for (int two = 0; two < 4; two++) {
        int group = b * (BLOCK / GROUP) + 2 * two;
        int even = pair(weights, block + SCALES, 2 * two);
        int odd = pair(weights, block + SCALES, 2 * two + 1);
        scratch.codes.group(group, d * (even & 63), -minimum * (even >> 16));
        scratch.codes.group(group + 1, d * (odd & 63), -minimum * (odd >> 16));
        for (int j = 0; j < GROUP; j += Lanes.COUNT) {
          IntVector q = Quants.unsigned(weights, block + CODES + (long) two * GROUP + j);
          scratch.codes.put(group, j, Quants.low(q));
          scratch.codes.put(group + 1, j, Quants.high(q));
        }
      }
    }
  }

  @Override
  public float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch) {
    return scratch.codes.dot(cols, x, xo) + scratch.codes.offset(cols, sums, so);
  }

  @Override
  public void heldDots(
      int cols, float[] x, int count, float[] sums, float[] dots, WorkerScratch scratch) {
    scratch.codes.dots(cols, Lanes.COUNT, x, count, dots);
    scratch.codes.addOffsets(cols, sums, count, dots);
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int b = 0; b < cols / BLOCK; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      float minimum = Quants.half(weights, block + 2);
      for (int two = 0; two < 4; two++) {
        int to = offset + b * BLOCK + two * 64;
        int even = pair(weights, block + SCALES, 2 * two);
        int odd = pair(weights, block + SCALES, 2 * two + 1);
        for (int j = 0; j < GROUP; j += Lanes.COUNT) {
          IntVector q = Quants.unsigned(weights, block + CODES + (long) two * GROUP + j);
          Quants.low(q).mul(d * (even & 63)).sub(minimum * (even >> 16)).intoArray(target, to + j);
          Quants.high(q)
              .mul(d * (odd & 63))
              .sub(minimum * (odd >> 16))
              .intoArray(target, to + GROUP + j);
        }
      }
    }
  }
}
