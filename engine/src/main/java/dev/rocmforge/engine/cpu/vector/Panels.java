package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** What all panels share: reading words, adding scaled sums. */
final class Panels {
  /** Of everything in a panel. */
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ORDER);

  private Panels() {}

  /** The words of one of a line's vectors. */
  static IntVector words(MemorySegment words, long line, int vector) {
    return IntVector.fromMemorySegment(
        Lanes.INTS,
        words,
        line + (long) vector * Lanes.COUNT * Integer.BYTES,
        ORDER);
  }

  /** Sets the word of row {@code row} of a line. */
  static void set(MemorySegment words, long line, int row, int word) {
    words.set(INT, line + (long) row * Integer.BYTES, word);
  }

  /** {@code totals[row] += scales[row] sum[row]} for one of a panel's vectors. */
  static void addScaled(
      FloatVector sum, float[] scales, int scale, float[] totals, int to, int vector) {
    int row = vector * Lanes.COUNT;
    sum.fma(Lanes.load(scales, scale + row), Lanes.load(totals, to + row))
        .intoArray(totals, to + row);
  }
}
