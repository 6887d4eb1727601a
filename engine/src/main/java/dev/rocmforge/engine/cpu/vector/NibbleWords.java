package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of four bits, eight in a word: byte {@code i} of word {@code w} has column {@code 4w + i} of
 * a group of 32 in its low and column {@code 4w + i + 16} in its high half, as the blocks of Q4_0
 * lie in a file. The topmost code is stored less 8, with its sign, because the word's top bit is one.
 */
final class NibbleWords implements PanelWords {
  private static final int GROUP = 32;
  private static final int LINES = 4;
  private static final int MIDDLE = 8;

  /** Turns the topmost code into itself less 8. */
  static final int SIGN = 0x80000000;

  private static final ActivationPattern PATTERN =
      new ActivationPattern(GROUP, NibbleWords::bit, i -> bit(i) == 28 ? 0 : -MIDDLE);

  private static int bit(int column) {
    return 8 * (column % 4) + 4 * (column / 16);
  }

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

  /**
   * Two sums a vector, of low and of high halves, hide the latency of the additions. The loop over a
   * word's codes counts by a mask, which the compiler does not unroll: unrolled, its vectors no
   * longer fit the registers. The totals lie in memory for the same reason.
   */
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
    for (int g = 0; g < groups; g++) {
      FloatVector p0 = FloatVector.broadcast(Lanes.FLOATS, starts[start + g]);
      FloatVector p1 = p0;
      FloatVector p2 = p0;
      FloatVector p3 = p0;
      FloatVector r0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector r1 = r0;
      FloatVector r2 = r0;
      FloatVector r3 = r0;
      for (int w = 0; w < LINES; w++) {
        long line = at + (g * LINES + w) * LINE;
        IntVector v0 = Panels.words(words, line, 0);
        IntVector v1 = Panels.words(words, line, 1);
        IntVector v2 = Panels.words(words, line, 2);
        IntVector v3 = Panels.words(words, line, 3);
        IntVector mask = IntVector.broadcast(Lanes.INTS, 15);
        int column = from + g * GROUP + w * 4;
        for (int bits = 15; bits != 0; bits <<= 8) {
          FloatVector x = FloatVector.broadcast(Lanes.FLOATS, scaled[column]);
          p0 = Quants.floats(v0.and(mask)).fma(x, p0);
          p1 = Quants.floats(v1.and(mask)).fma(x, p1);
          p2 = Quants.floats(v2.and(mask)).fma(x, p2);
          p3 = Quants.floats(v3.and(mask)).fma(x, p3);
          mask = mask.lanewise(VectorOperators.LSHL, 4);
          x = FloatVector.broadcast(Lanes.FLOATS, scaled[column + 16]);
          r0 = Quants.floats(v0.and(mask)).fma(x, r0);
          r1 = Quants.floats(v1.and(mask)).fma(x, r1);
          r2 = Quants.floats(v2.and(mask)).fma(x, r2);
          r3 = Quants.floats(v3.and(mask)).fma(x, r3);
          mask = mask.lanewise(VectorOperators.LSHL, 4);
          column++;
        }
      }
      int scale = g * ROWS;
      Panels.addScaled(p0.add(r0), scales, scale, totals, to, 0);
      Panels.addScaled(p1.add(r1), scales, scale, totals, to, 1);
      Panels.addScaled(p2.add(r2), scales, scale, totals, to, 2);
      Panels.addScaled(p3.add(r3), scales, scale, totals, to, 3);
    }
  }
}
