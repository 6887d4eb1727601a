package dev.rocmforge.engine.cpu.vector;

import static dev.rocmforge.engine.cpu.vector.Lanes.COUNT;
import static dev.rocmforge.engine.cpu.vector.Lanes.FLOATS;
import static dev.rocmforge.engine.cpu.vector.Lanes.INTS;
import static dev.rocmforge.engine.cpu.vector.Panels.ORDER;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of six bits, sixteen in three words: five from the lowest bit on in each, in the order of
 * the columns, and two bits of the sixteenth at the top of each, lowest first. Those two are a
 * field like the others, whose activation is that of the sixteenth column; they are stored less 2,
 * with their sign, because the word's top bit is one of them.
 */
final class SixBitWords implements PanelWords {
  private static final int GROUP = 16;
  private static final int LINES = 3;
  private static final int FIELDS = 6;
  private static final int MIDDLE = 32;

  /** Turns the top two bits into themselves less 2. */
  private static final int SIGN = 0x80000000;

  /** By what the sixteenth code is less than it should be: 2 in each of its three places. */
  private static final int LESS = 2 * (1 + 4 + 16);

  /** Columns of fields, and by what their activations are multiplied. */
  private static final int[] COLUMNS = new int[LINES * FIELDS];

  private static final float[] FACTORS = new float[COLUMNS.length];

  /** By what a column's activation enters a group's start. */
  private static final float[] STARTS = new float[GROUP];

  static {
    for (int word = 0; word < LINES; word++) {
      for (int i = 0; i < FIELDS; i++) {
        boolean last = i == FIELDS - 1;
        int field = word * FIELDS + i;
        COLUMNS[field] = last ? GROUP - 1 : word * (FIELDS - 1) + i;
        FACTORS[field] = (float) Math.scalb(1.0, (last ? 2 * word : 0) - 6 * i);
      }
    }
    Arrays.fill(STARTS, -MIDDLE);
    STARTS[GROUP - 1] = LESS - MIDDLE;
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
    return COLUMNS.length;
  }

  @Override
  public int middle() {
    return MIDDLE;
  }

  @Override
  public void prepare(float[] x, int at, int cols, float[] scaled, float[] starts, int to) {
    for (int g = 0; g < cols / GROUP; g++) {
      int from = at + g * GROUP;
      int first = (to + g) * COLUMNS.length;
      for (int i = 0; i < COLUMNS.length; i++) {
        scaled[first + i] = x[from + COLUMNS[i]] * FACTORS[i];
      }
      FloatVector start = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < GROUP; i += Lanes.COUNT) {
        start = Lanes.load(x, from + i).fma(Lanes.load(STARTS, i), start);
      }
      starts[to + g] = Lanes.sum(start);
    }
  }

  /** Word {@code word} of sixteen codes. */
  static int word(int[] codes, int word) {
    int bits = ((codes[GROUP - 1] >> (2 * word) & 3) << 30) ^ SIGN;
    for (int i = 0; i < FIELDS - 1; i++) {
      bits |= codes[word * (FIELDS - 1) + i] << (6 * i);
    }
    return bits;
  }

  /** Shaped as {@link NibbleWords#add}, for the same reason. */
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
        IntVector mask = IntVector.broadcast(INTS, 63);
        int column = ((first + g) * LINES + w) * FIELDS;
        for (int bits = 63; bits != 0; bits <<= 12) {
          FloatVector x = FloatVector.broadcast(FLOATS, scaled[column++]);
          p0 = ((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p0);
          p1 = ((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p1);
          p2 = ((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p2);
          p3 = ((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p3);
          p4 = ((FloatVector) v4.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p4);
          p5 = ((FloatVector) v5.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p5);
          mask = mask.lanewise(VectorOperators.LSHL, 6);
          x = FloatVector.broadcast(FLOATS, scaled[column++]);
          p0 = ((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p0);
          p1 = ((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p1);
          p2 = ((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p2);
          p3 = ((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p3);
          p4 = ((FloatVector) v4.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p4);
          p5 = ((FloatVector) v5.and(mask).convert(VectorOperators.I2F, 0)).fma(x, p5);
          mask = mask.lanewise(VectorOperators.LSHL, 6);
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
