package dev.rocmforge.engine.cpu.vector;

import static dev.rocmforge.engine.cpu.vector.Lanes.COUNT;
import static dev.rocmforge.engine.cpu.vector.Lanes.FLOATS;
import static dev.rocmforge.engine.cpu.vector.Lanes.INTS;
import static dev.rocmforge.engine.cpu.vector.Panels.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of four bits, eight in a word: byte {@code i} of word {@code w} has column {@code 4w + i}
 * of a group of 32 in its low and column {@code 4w + i + 16} in its high half, as the blocks of
 * Q4_0 lie in a file. The topmost code is stored less 8, with its sign, because the word's top bit
 * is one.
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
  public int fields() {
    return GROUP;
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
   * The loop over a word's codes counts by a mask, which the compiler does not unroll: unrolled,
   * its vectors no longer fit the registers.
   */
  @Override
  public void add(
      MemorySegment words, long at, int groups, PanelInputs inputs, int first, PanelScratch own) {
    float[] scaled = inputs.scaled();
    FloatVector t0 = FloatVector.fromArray(FLOATS, own.totals, own.first);
    FloatVector t1 = FloatVector.fromArray(FLOATS, own.totals, own.first + COUNT);
    FloatVector t2 = FloatVector.fromArray(FLOATS, own.totals, own.first + 2 * COUNT);
    FloatVector t3 = FloatVector.fromArray(FLOATS, own.totals, own.first + 3 * COUNT);
    FloatVector t4 = FloatVector.fromArray(FLOATS, own.totals, own.first + 4 * COUNT);
    FloatVector t5 = FloatVector.fromArray(FLOATS, own.totals, own.first + 5 * COUNT);
    for (int g = 0; g < groups; g++) {
      FloatVector p0 = FloatVector.broadcast(FLOATS, inputs.starts()[first + g]);
      FloatVector p1 = p0;
      FloatVector p2 = p0;
      FloatVector p3 = p0;
      FloatVector p4 = p0;
      FloatVector p5 = p0;
      for (int w = 0; w < LINES; w++) {
        long line = at + (g * LINES + w) * LINE;
        IntVector v0 = IntVector.fromMemorySegment(INTS, words, line, ORDER);
        IntVector v1 = IntVector.fromMemorySegment(INTS, words, line + VECTOR, ORDER);
        IntVector v2 = IntVector.fromMemorySegment(INTS, words, line + 2 * VECTOR, ORDER);
        IntVector v3 = IntVector.fromMemorySegment(INTS, words, line + 3 * VECTOR, ORDER);
        IntVector v4 = IntVector.fromMemorySegment(INTS, words, line + 4 * VECTOR, ORDER);
        IntVector v5 = IntVector.fromMemorySegment(INTS, words, line + 5 * VECTOR, ORDER);
        IntVector mask = IntVector.broadcast(INTS, 15);
        int column = (first + g) * GROUP + w * 4;
        for (int bits = 15; bits != 0; bits <<= 8) {
          FloatVector x = FloatVector.broadcast(FLOATS, scaled[column]);
          p0 = ((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p0);
          p1 = ((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p1);
          p2 = ((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p2);
          p3 = ((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p3);
          p4 = ((FloatVector) v4.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p4);
          p5 = ((FloatVector) v5.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p5);
          mask = mask.lanewise(VectorOperators.LSHL, 4);
          x = FloatVector.broadcast(FLOATS, scaled[16 + column++]);
          p0 = ((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p0);
          p1 = ((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p1);
          p2 = ((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p2);
          p3 = ((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p3);
          p4 = ((FloatVector) v4.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p4);
          p5 = ((FloatVector) v5.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p5);
          mask = mask.lanewise(VectorOperators.LSHL, 4);
        }
      }
      t0 = p0.fma(FloatVector.fromArray(FLOATS, own.scales, g * ROWS), t0);
      t1 = p1.fma(FloatVector.fromArray(FLOATS, own.scales, g * ROWS + COUNT), t1);
      t2 = p2.fma(FloatVector.fromArray(FLOATS, own.scales, g * ROWS + 2 * COUNT), t2);
      t3 = p3.fma(FloatVector.fromArray(FLOATS, own.scales, g * ROWS + 3 * COUNT), t3);
      t4 = p4.fma(FloatVector.fromArray(FLOATS, own.scales, g * ROWS + 4 * COUNT), t4);
      t5 = p5.fma(FloatVector.fromArray(FLOATS, own.scales, g * ROWS + 5 * COUNT), t5);
    }
    t0.intoArray(own.totals, own.first);
    t1.intoArray(own.totals, own.first + COUNT);
    t2.intoArray(own.totals, own.first + 2 * COUNT);
    t3.intoArray(own.totals, own.first + 3 * COUNT);
    t4.intoArray(own.totals, own.first + 4 * COUNT);
    t5.intoArray(own.totals, own.first + 5 * COUNT);
  }
}
