package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;

/**
 * Codes of a panel's rows in 32-bit words, a row a lane, and their products with activations. A
 * code is used where it lies: masked out of its word and turned into a float it is its value times
 * a power of two, by which the activations were divided before.
 *
 * <p>Codes are whole numbers from 0 on; what is summed is {@code (code - middle) x}, where the
 * middle is half of the codes' range.
 */
interface PanelWords {
  /** Vectors a panel is wide. */
  int VECTORS = 6;

  /** Rows of a panel. */
  int ROWS = VECTORS * Lanes.COUNT;

  /** Bytes of a vector. */
  long VECTOR = (long) Lanes.COUNT * Integer.BYTES;

  /** Bytes of a line: a word of every row of a panel. */
  long LINE = VECTORS * VECTOR;

  /** Columns that share a scale. */
  int group();

  /** Words of a row for a group. */
  int lines();

  /** Activations of a group as its words need them, of which some may be there twice. */
  int fields();

  /** Half of the codes' range. */
  int middle();

  /**
   * Makes activations ready.
   *
   * @param x from {@code at} on, {@code cols} of them
   * @param scaled receives those of each group, divided by the power of two of their field's place,
   *     {@code [group][field]}
   * @param starts receives what a group's sum begins with
   * @param to number of the first group in both
   */
  void prepare(float[] x, int at, int cols, float[] scaled, float[] starts, int to);

  /**
   * Adds the scaled sums of groups to the totals of a panel's rows.
   *
   * <p>Its loops call nothing but the Vector API, which the compiler always inlines: a vector that
   * crosses another call is an object.
   *
   * @param words the groups' words from {@code at} on, {@code [group][line][row]}
   * @param first number of the first group in the inputs
   * @param own has the groups' scales, and the totals of its token
   */
  void add(
      MemorySegment words, long at, int groups, PanelInputs inputs, int first, PanelScratch own);
}
