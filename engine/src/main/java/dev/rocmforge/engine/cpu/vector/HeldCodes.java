package dev.rocmforge.engine.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * One row of codes {@code q}, as floats, in groups of {@value RowKernel#GROUP} with a scale and an
 * offset: weights are {@code scale q + offset}. Taking bytes apart is more than half of a product;
 * several rows of activations share it here. Every sum has the order of the format's own {@link
 * RowKernel#dot}. Allocates nothing after construction.
 */
final class HeldCodes {
  private static final int GROUP = RowKernel.GROUP;

  private final float[] codes;
  private final float[] scales;
  private final float[] offsets;
  private final float[] lanes = new float[4 * Lanes.COUNT];

  /**
   * @param cols most weights of a row
   */
  HeldCodes(int cols) {
    codes = new float[cols];
    scales = new float[(cols + GROUP - 1) / GROUP];
    offsets = new float[scales.length];
  }

  void group(int group, float scale, float offset) {
    scales[group] = scale;
    offsets[group] = offset;
  }

  /** Codes from place {@code at} of a group on. */
  void put(int group, int at, FloatVector values) {
    values.intoArray(codes, group * GROUP + at);
  }

  /** Bytes whose low nibbles are codes from {@code at} on, the high ones those 16 further. */
  void nibbles(int group, int at, IntVector bytes) {
    put(group, at, Quants.low(bytes));
    put(group, 16 + at, Quants.high(bytes));
  }

  private FloatVector load(int at) {
    return Lanes.load(codes, at);
  }

  /** Sum of scaled groups; inside a group the codes rise. */
  float dot(int cols, float[] x, int xo) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int from = 0; from < cols; from += GROUP) {
      FloatVector part = FloatVector.zero(Lanes.FLOATS);
      for (int j = from; j < from + GROUP; j += Lanes.COUNT) {
        part = load(j).fma(Lanes.load(x, xo + j), part);
      }
      total = part.fma(FloatVector.broadcast(Lanes.FLOATS, scales[from / GROUP]), total);
    }
    return Lanes.sum(total);
  }

  /** As {@link #dot}; codes 16 apart share a byte and follow one another. */
  float nibbleDot(int cols, float[] x, int xo) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int from = 0; from < cols; from += GROUP) {
      FloatVector part = FloatVector.zero(Lanes.FLOATS);
      for (int j = from; j < from + 16; j += Lanes.COUNT) {
        part = load(j).fma(Lanes.load(x, xo + j), part);
        part = load(j + 16).fma(Lanes.load(x, xo + j + 16), part);
      }
      total = part.fma(FloatVector.broadcast(Lanes.FLOATS, scales[from / GROUP]), total);
    }
    return Lanes.sum(total);
  }

  /**
   * Products, without offsets, of the row with {@code count} rows of activations: four at a time
   * share the loads of the codes.
   *
   * @param second place in a group of the vector that is multiplied second
   */
  void dots(int cols, int second, float[] x, int count, float[] dots) {
    int row = 0;
    for (; row + 2 < count; row += 4) {
      int last = count - 1;
      four(cols, second, x, row, Math.min(row + 3, last));
      for (int i = 0; i < 4 && row + i < count; i++) {
        dots[row + i] = Lanes.sum(lanes, i * Lanes.COUNT);
      }
    }
    for (; row < count; row++) {
      dots[row] =
          second == 16 && Lanes.COUNT == 8
              ? nibbleDot(cols, x, row * cols)
              : dot(cols, x, row * cols);
    }
  }

  /** Sums of rows {@code row} to {@code row + 2} and {@code last}, lane by lane. */
  private void four(int cols, int second, float[] x, int row, int last) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector total0 = zero;
    FloatVector total1 = zero;
    FloatVector total2 = zero;
    FloatVector total3 = zero;
    int x0 = row * cols;
    int x1 = x0 + cols;
    int x2 = x1 + cols;
    int x3 = last * cols;
    for (int from = 0; from < cols; from += GROUP) {
      FloatVector part0 = zero;
      FloatVector part1 = zero;
      FloatVector part2 = zero;
      FloatVector part3 = zero;
      int at = from;
      for (int i = 0; i < GROUP / Lanes.COUNT; i++) {
        FloatVector code = load(at);
        part0 = code.fma(Lanes.load(x, x0 + at), part0);
        part1 = code.fma(Lanes.load(x, x1 + at), part1);
        part2 = code.fma(Lanes.load(x, x2 + at), part2);
        part3 = code.fma(Lanes.load(x, x3 + at), part3);
        at = next(from, at, second);
      }
      FloatVector scale = FloatVector.broadcast(Lanes.FLOATS, scales[from / GROUP]);
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

  /**
   * From one vector of a group to the one that follows it: 0, second, 24 - second, 24 for eight.
   */
  private static int next(int from, int at, int second) {
    if (Lanes.COUNT == 16) {
      return at + 16;
    }
    int place = at - from;
    return from + (place == 0 ? second : place == second ? 24 - second : 24);
  }

  /** Adds what the offsets come to for {@code count} rows of activations. */
  void addOffsets(int cols, float[] sums, int count, float[] dots) {
    for (int row = 0; row < count; row++) {
      dots[row] += offset(cols, sums, row * (cols / GROUP));
    }
  }

  /** What the offsets come to. */
  float offset(int cols, float[] sums, int so) {
    float offset = 0;
    for (int group = 0; group < cols / GROUP; group++) {
      offset += offsets[group] * sums[so + group];
    }
    return offset;
  }
}
