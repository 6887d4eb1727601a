package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of eight bits, four in a word, in the order of the columns. The topmost is stored less 128,
 * with its sign.
 */
final class ByteWords implements PanelWords {
  private static final int GROUP = 32;
  private static final int LINES = 8;
  private static final int MIDDLE = 128;

  /** Turns four signed bytes into codes. */
  static final int SIGNS = 0x00808080;

  private static final ActivationPattern PATTERN =
      new ActivationPattern(GROUP, i -> 8 * (i % 4), i -> i % 4 == 3 ? 0 : -MIDDLE);

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

  /** Shaped as {@link NibbleWords#add}, for the same reasons. */
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
      for (int w = 0; w < LINES; w++) {
        long line = at + (g * LINES + w) * LINE;
        IntVector v0 = Panels.words(words, line, 0);
        IntVector v1 = Panels.words(words, line, 1);
        IntVector v2 = Panels.words(words, line, 2);
        IntVector v3 = Panels.words(words, line, 3);
        IntVector mask = IntVector.broadcast(Lanes.INTS, 255);
        int column = from + g * GROUP + w * 4;
        for (int bits = 255; bits != 0; bits <<= 8) {
          FloatVector x = FloatVector.broadcast(Lanes.FLOATS, scaled[column]);
          p0 = Quants.floats(v0.and(mask)).fma(x, p0);
          p1 = Quants.floats(v1.and(mask)).fma(x, p1);
          p2 = Quants.floats(v2.and(mask)).fma(x, p2);
          p3 = Quants.floats(v3.and(mask)).fma(x, p3);
          mask = mask.lanewise(VectorOperators.LSHL, 8);
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
}
