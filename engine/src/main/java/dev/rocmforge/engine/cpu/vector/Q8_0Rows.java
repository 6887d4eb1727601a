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
        four(weights, at, cols, x, row, left == 3 ? row + 2 : row + 3, lanes);
      } else {
        two(weights, at, cols, x, row, left == 1 ? row : row + 1, lanes);
      }
      Lanes.sums(lanes, Math.min(left, 4), dots, row);
    }
  }

  /** Lane by lane, the sums of rows {@code row} and {@code last} of {@code x}. */
  private static void two(
      MemorySegment weights, long at, int cols, float[] x, int row, int last, float[] lanes) {
    FloatVector total0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total1 = FloatVector.zero(Lanes.FLOATS);
    int x0 = row * cols;
    int x1 = last * cols;
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      FloatVector part0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part1 = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < GROUP; j += Lanes.COUNT) {
        FloatVector code = Quants.signed(weights, block + 2 + j);
        part0 = code.fma(Lanes.load(x, x0 + b * GROUP + j), part0);
        part1 = code.fma(Lanes.load(x, x1 + b * GROUP + j), part1);
      }
      FloatVector scale = FloatVector.broadcast(Lanes.FLOATS, Quants.half(weights, block));
      total0 = part0.fma(scale, total0);
      total1 = part1.fma(scale, total1);
    }
    total0.intoArray(lanes, 0);
    total1.intoArray(lanes, Lanes.COUNT);
  }

  /** As {@link #two}, of rows {@code row} to {@code row + 2} and {@code last}. */
  private static void four(
      MemorySegment weights, long at, int cols, float[] x, int row, int last, float[] lanes) {
    FloatVector total0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total1 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total2 = FloatVector.zero(Lanes.FLOATS);
    FloatVector total3 = FloatVector.zero(Lanes.FLOATS);
    int x0 = row * cols;
    int x1 = x0 + cols;
    int x2 = x1 + cols;
    int x3 = last * cols;
    for (int b = 0; b < cols / GROUP; b++) {
      long block = at + (long) b * BLOCK_BYTES;
      FloatVector part0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part1 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part2 = FloatVector.zero(Lanes.FLOATS);
      FloatVector part3 = FloatVector.zero(Lanes.FLOATS);
      for (int j = 0; j < GROUP; j += Lanes.COUNT) {
        FloatVector code = Quants.signed(weights, block + 2 + j);
        int to = b * GROUP + j;
        part0 = code.fma(Lanes.load(x, x0 + to), part0);
        part1 = code.fma(Lanes.load(x, x1 + to), part1);
        part2 = code.fma(Lanes.load(x, x2 + to), part2);
        part3 = code.fma(Lanes.load(x, x3 + to), part3);
      }
      FloatVector scale = FloatVector.broadcast(Lanes.FLOATS, Quants.half(weights, block));
      total0 = part0.fma(scale, total0);
      total1 = part1.fma(scale, total1);
      total2 = part2.fma(scale, total2);
      total3 = part3.fma(scale, total3);
    }
    total0.intoArray(lanes, 0);
    total1.intoArray(lanes, Lanes.COUNT);
    total2.intoArray(lanes, 2 * Lanes.COUNT);
    total3.intoArray(lanes, 3 * Lanes.COUNT);
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
