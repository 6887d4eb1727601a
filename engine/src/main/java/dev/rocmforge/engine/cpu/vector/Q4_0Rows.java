package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Q4_0: {@code d (q - 8)}. The 8 is left out of the product and taken away once a block through the
 * sum of the activations.
 */
final class Q4_0Rows implements RowKernel {
  private static final int BLOCK_BYTES = 18;

  /** Where offsets lie behind the lanes of four sums. */
  private static final int OFFSETS = 4 * Lanes.COUNT;

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
        IntVector q = Quants.unsigned(weights, block + 2 + j);
        part = Quants.low(q).fma(Lanes.load(x, b * GROUP + j), part);
        part = Quants.high(q).fma(Lanes.load(x, b * GROUP + 16 + j), part);
      }
      total = part.fma(FloatVector.broadcast(Lanes.FLOATS, d), total);
      offset += -8 * d * sums[b];
    }
    return Lanes.sum(total) + offset;
  }

  @Override
  public void dots(
      MemorySegment weights,
      long at,
      int cols,
      float[] x,
      int count,
      float[] sums,
      float[] dots,
      WorkerScratch scratch) {
    float[] lanes = scratch.lanes;
    for (int row = 0; row < count; row += 4) {
      int left = count - row;
      if (left > 2) {
        four(weights, at, cols, x, sums, row, left == 3 ? row + 2 : row + 3, lanes);
      } else {
        two(weights, at, cols, x, sums, row, left == 1 ? row : row + 1, lanes);
      }
      Lanes.sums(lanes, Math.min(left, 4), dots, row);
      for (int i = 0; i < Math.min(left, 4); i++) {
        dots[row + i] += lanes[OFFSETS + i];
      }
    }
  }

  /**
   * Lane by lane, the sums of rows {@code row} and {@code last} of {@code x}, and their offsets.
   */
  private static void two(
      MemorySegment weights,
      long at,
      int cols,
      float[] x,
      float[] sums,
      int row,
      int last,
      float[] lanes) {
    FloatVector total0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total1 = FloatVector.zero(Lanes.FLOATS);
    float offset0 = 0;
    float offset1 = 0;
    int blocks = cols / GROUP;
    int x0 = row * cols;
    int x1 = last * cols;
    for (int b = 0; b < blocks; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      FloatVector part0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part1 = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector bytes = Quants.unsigned(weights, block + 2 + j);
        FloatVector low = Quants.low(bytes);
        FloatVector high = Quants.high(bytes);
        int to = b * GROUP + j;
        part0 = low.fma(Lanes.load(x, x0 + to), part0);
        part0 = high.fma(Lanes.load(x, x0 + 16 + to), part0);
        part1 = low.fma(Lanes.load(x, x1 + to), part1);
        part1 = high.fma(Lanes.load(x, x1 + 16 + to), part1);
      }
      float d = Quants.half(weights, block);
      FloatVector scale = FloatVector.broadcast(Lanes.FLOATS, d);
      total0 = part0.fma(scale, total0);
      total1 = part1.fma(scale, total1);
      offset0 -= 8 * d * sums[row * blocks + b];
      offset1 -= 8 * d * sums[last * blocks + b];
    }
    total0.intoArray(lanes, 0);
    total1.intoArray(lanes, Lanes.COUNT);
    lanes[OFFSETS] = offset0;
    lanes[OFFSETS + 1] = offset1;
  }

  /** As {@link #two}, of rows {@code row} to {@code row + 2} and {@code last}. */
  private static void four(
      MemorySegment weights,
      long at,
      int cols,
      float[] x,
      float[] sums,
      int row,
      int last,
      float[] lanes) {
    FloatVector total0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total1 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total2 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total3 = FloatVector.zero(Lanes.FLOATS);
    float offset0 = 0;
    float offset1 = 0;
    float offset2 = 0;
    float offset3 = 0;
    int blocks = cols / GROUP;
    int x0 = row * cols;
    int x1 = x0 + cols;
    for (int b = 0; b < blocks; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      FloatVector part0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part1 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part2 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part3 = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector bytes = Quants.unsigned(weights, block + 2 + j);
        FloatVector low = Quants.low(bytes);
        FloatVector high = Quants.high(bytes);
        int to = b * GROUP + j;
        part0 = low.fma(Lanes.load(x, x0 + to), part0);
        part0 = high.fma(Lanes.load(x, x0 + 16 + to), part0);
        part1 = low.fma(Lanes.load(x, x1 + to), part1);
        part1 = high.fma(Lanes.load(x, x1 + 16 + to), part1);
        part2 = low.fma(Lanes.load(x, x1 + cols + to), part2);
        part2 = high.fma(Lanes.load(x, x1 + cols + 16 + to), part2);
        part3 = low.fma(Lanes.load(x, last * cols + to), part3);
        part3 = high.fma(Lanes.load(x, last * cols + 16 + to), part3);
      }
      float d = Quants.half(weights, block);
      FloatVector scale = FloatVector.broadcast(Lanes.FLOATS, d);
      total0 = part0.fma(scale, total0);
      total1 = part1.fma(scale, total1);
      total2 = part2.fma(scale, total2);
      total3 = part3.fma(scale, total3);
      offset0 -= 8 * d * sums[row * blocks + b];
      offset1 -= 8 * d * sums[(row + 1) * blocks + b];
      offset2 -= 8 * d * sums[(row + 2) * blocks + b];
      offset3 -= 8 * d * sums[last * blocks + b];
    }
    total0.intoArray(lanes, 0);
    total1.intoArray(lanes, Lanes.COUNT);
    total2.intoArray(lanes, 2 * Lanes.COUNT);
    total3.intoArray(lanes, 3 * Lanes.COUNT);
    lanes[OFFSETS] = offset0;
    lanes[OFFSETS + 1] = offset1;
    lanes[OFFSETS + 2] = offset2;
    lanes[OFFSETS + 3] = offset3;
  }

  @Override
  public void decode(
      MemorySegment weights, long at, int cols, float[] target, int offset, WorkerScratch scratch) {
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      float d = Quants.half(weights, block);
      int to = offset + b * GROUP;
      for (int j = 0; j < 16; j += Lanes.COUNT) {
        IntVector q = Quants.unsigned(weights, block + 2 + j);
        Quants.low(q).sub(8).mul(d).intoArray(target, to + j);
        Quants.high(q).sub(8).mul(d).intoArray(target, to + 16 + j);
      }
    }
  }
}
