package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of six bits, sixteen in three words: five from the lowest bit on in each, in the order of
 * the columns, and two bits of the sixteenth at the top of each, lowest first.
 */
final class SixBitWords implements PanelWords {
  private static final int GROUP = 16;
  private static final int LINES = 3;
  private static final int FIELDS = 5;
  private static final int MIDDLE = 32;

  private static final ActivationPattern PATTERN =
      new ActivationPattern(GROUP, i -> i == GROUP - 1 ? 0 : 6 * (i % FIELDS), i -> -MIDDLE);

  @Override
  public int group() {
    return GROUP;
  }

  @Override
  public int lines() {
    return LINES;
  }

  @Override
  public int middle() {
    return MIDDLE;
  }

  @Override
  public void prepare(float[] x, int at, int cols, float[] scaled, float[] starts, int to) {
    PATTERN.prepare(x, at, cols, scaled, starts, to);
  }

  /** Word {@code word} of sixteen codes. */
  static int word(int[] codes, int word) {
    int bits = (codes[GROUP - 1] >> 2 * word & 3) << 30;
    for (int i = 0; i < FIELDS; i++) {
      bits |= codes[word * FIELDS + i] << 6 * i;
    }
    return bits;
  }

  /** Shaped as {@link NibbleWords#sum}, for the same reason. */
  @Override
  public void sum(
      MemorySegment words, long at, float[] scaled, int from, float start, float[] sums) {
    FloatVector p0 = FloatVector.broadcast(Lanes.FLOATS, start);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    for (int w = 0; w < LINES; w++) {
      long line = at + w * LINE;
      IntVector v0 = IntVector.fromMemorySegment(Lanes.INTS, words, line, Panels.ORDER);
      IntVector v1 = IntVector.fromMemorySegment(Lanes.INTS, words, line + VECTOR, Panels.ORDER);
      IntVector v2 = IntVector.fromMemorySegment(Lanes.INTS, words, line + 2 * VECTOR, Panels.ORDER);
      IntVector v3 = IntVector.fromMemorySegment(Lanes.INTS, words, line + 3 * VECTOR, Panels.ORDER);
      IntVector v4 = IntVector.fromMemorySegment(Lanes.INTS, words, line + 4 * VECTOR, Panels.ORDER);
      IntVector v5 = IntVector.fromMemorySegment(Lanes.INTS, words, line + 5 * VECTOR, Panels.ORDER);
      IntVector mask = IntVector.broadcast(Lanes.INTS, 63);
      int column = from + w * FIELDS;
      for (int bits = 63; bits > 0; bits <<= 6) {
        FloatVector x = FloatVector.broadcast(Lanes.FLOATS, scaled[column]);
        p0 = ((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p0);
        p1 = ((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p1);
        p2 = ((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p2);
        p3 = ((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p3);
        p4 = ((FloatVector) v4.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p4);
        p5 = ((FloatVector) v5.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p5);
        mask = mask.lanewise(VectorOperators.LSHL, 6);
        column++;
      }
    }
    p0.intoArray(sums, 0);
    p1.intoArray(sums, Lanes.COUNT);
    p2.intoArray(sums, 2 * Lanes.COUNT);
    p3.intoArray(sums, 3 * Lanes.COUNT);
    p4.intoArray(sums, 4 * Lanes.COUNT);
    p5.intoArray(sums, 5 * Lanes.COUNT);
    addLast(words, at, scaled[from + GROUP - 1], sums);
  }

  /** The sixteenth codes. */
  private static void addLast(MemorySegment words, long at, float x, float[] sums) {
    for (int i = 0; i < ROWS; i += Lanes.COUNT) {
      long line = at + (long) i * Integer.BYTES;
      IntVector low =
          IntVector.fromMemorySegment(Lanes.INTS, words, line, Panels.ORDER)
              .lanewise(VectorOperators.LSHR, 30);
      IntVector middle =
          IntVector.fromMemorySegment(Lanes.INTS, words, line + LINE, Panels.ORDER)
              .lanewise(VectorOperators.LSHR, 28)
              .and(12);
      IntVector high =
          IntVector.fromMemorySegment(Lanes.INTS, words, line + 2 * LINE, Panels.ORDER)
              .lanewise(VectorOperators.LSHR, 26)
              .and(48);
      ((FloatVector) low.or(middle).or(high).convert(VectorOperators.I2F, 0))
          .fma(FloatVector.broadcast(Lanes.FLOATS, x), FloatVector.fromArray(Lanes.FLOATS, sums, i))
          .intoArray(sums, i);
    }
  }
}
