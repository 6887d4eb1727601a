package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;

/** Reading and writing the words of panels. */
final class Panels {
  /** Of everything in a panel. */
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ORDER);

  private Panels() {}

  /** The words of one of a line's vectors. */
  static IntVector words(MemorySegment words, long line, int vector) {
    return IntVector.fromMemorySegment(
        Lanes.INTS, words, line + (long) vector * Lanes.COUNT * Integer.BYTES, ORDER);
  }

  /** Sets the word of row {@code row} of a line. */
  static void set(MemorySegment words, long line, int row, int word) {
    words.set(INT, line + (long) row * Integer.BYTES, word);
  }
}
