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

  @Override
  public void add(
      MemorySegment words,
      long at,
      int groups,
      float[] scaled,
      int from,
      float[] starts,
      int start,
      float[] scales,
      float[] totals,
      int to) {
    fields(words, at, groups, scaled, from, starts, start, scales, totals, to);
    for (int vector = 0; vector < VECTORS; vector++) {
      last(words, at, groups, scaled, from, scales, totals, to, vector);
    }
  }

  /** Fifteen of sixteen codes; shaped as {@link NibbleWords#add}, for the same reasons. */
  private static void fields(
      MemorySegment words,
      long at,
      int groups,
      float[] scaled,
      int from,
      float[] starts,
      int start,
      float[] scales,
      float[] totals,
      int to) {
    for (int g = 0; g < groups; g++) {
      FloatVector p0 = FloatVector.broadcast(Lanes.FLOATS, starts[start + g]);
      FloatVector p1 = p0;
      FloatVector p2 = p0;
      FloatVector p3 = p0;
      for (int w = 0; w < LINES; w++) {
        long line = at + (g * LINES + w) * LINE;
        IntVector v0 = Panels.words(words, line, 0);
        IntVector v1 = Panels.words(words, line, 1);
        IntVector v2 = Panels.words(words, line, 2);
        IntVector v3 = Panels.words(words, line, 3);
        IntVector mask = IntVector.broadcast(Lanes.INTS, 63);
        int column = from + g * GROUP + w * FIELDS;
        for (int bits = 63; bits > 0; bits <<= 6) {
          FloatVector x = FloatVector.broadcast(Lanes.FLOATS, scaled[column]);
          p0 = Quants.floats(v0.and(mask)).fma(x, p0);
          p1 = Quants.floats(v1.and(mask)).fma(x, p1);
          p2 = Quants.floats(v2.and(mask)).fma(x, p2);
          p3 = Quants.floats(v3.and(mask)).fma(x, p3);
          mask = mask.lanewise(VectorOperators.LSHL, 6);
          column++;
        }
      }
      int scale = g * ROWS;
      Panels.addScaled(p0, scales, scale, totals, to, 0);
      Panels.addScaled(p1, scales, scale, totals, to, 1);
      Panels.addScaled(p2, scales, scale, totals, to, 2);
      Panels.addScaled(p3, scales, scale, totals, to, 3);
    }
  }

  /** The sixteenth codes, of one vector of rows. */
  private static void last(
      MemorySegment words,
      long at,
      int groups,
      float[] scaled,
      int from,
      float[] scales,
      float[] totals,
      int to,
      int vector) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int g = 0; g < groups; g++) {
      long line = at + g * LINES * LINE;
      IntVector low = Panels.words(words, line, vector).lanewise(VectorOperators.LSHR, 30);
      IntVector middle =
          Panels.words(words, line + LINE, vector).lanewise(VectorOperators.LSHR, 28).and(12);
      IntVector high =
          Panels.words(words, line + 2 * LINE, vector).lanewise(VectorOperators.LSHR, 26).and(48);
      FloatVector x =
          FloatVector.broadcast(Lanes.FLOATS, scaled[from + g * GROUP + GROUP - 1]);
      FloatVector scale = Lanes.load(scales, g * ROWS + vector * Lanes.COUNT);
      total = Quants.floats(low.or(middle).or(high)).mul(x).fma(scale, total);
    }
    int row = to + vector * Lanes.COUNT;
    Lanes.load(totals, row).add(total).intoArray(totals, row);
  }
}
