package dev.rocmforge.validation.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The words for planted error fields of 4 rows of 64 elements. */
class DiagnosisTest {
  private static final int ROWS = 4;
  private static final int COLUMNS = 64;

  private static double right(int index) {
    return index % 7 == 0 ? 0 : index + 1;
  }

  private static String words(IntToDoubleFunction measured) {
    Expectation expected = new Expectation(ROWS, COLUMNS);
    float[] after = new float[ROWS * COLUMNS];
    boolean[] wrong = new boolean[after.length];
    int count = 0;
    for (int i = 0; i < after.length; i++) {
      expected.set(i, right(i), 0);
      after[i] = (float) measured.applyAsDouble(i);
      wrong[i] = !expected.accepts(i, after[i]);
      count += wrong[i] ? 1 : 0;
    }
    Trial.Slot slot = new Trial().output("y", Element.F32, expected);
    MemorySegment memory = MemorySegment.ofArray(Trial.bytes(after));
    return new Diagnosis(slot, expected, memory, wrong, count).words();
  }

  private static void says(String part, IntToDoubleFunction measured) {
    String words = words(measured);
    assertTrue(words.contains(part), words);
  }

  @Test
  void exchangedHalves() {
    says("index xor 16", i -> right(i ^ 16));
  }

  @Test
  void negated() {
    says("off by the factor -1", i -> -right(i));
  }

  @Test
  void tailOfTheColumns() {
    says("only the tail, from column 60 of 64", i -> i % COLUMNS >= 60 ? 1e6 + i : right(i));
  }

  @Test
  void oneResidue() {
    says("column mod 16 = 3", i -> i % 16 == 3 ? 1e6 + i : right(i));
  }

  @Test
  void oneRow() {
    says("only in row 2 of 4", i -> i / COLUMNS == 2 ? 1e6 + i * i : right(i));
  }

  @Test
  void neverWritten() {
    // The poison: all bits set.
    says("never written", i -> Float.intBitsToFloat(-1));
  }
}
