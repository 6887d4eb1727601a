package dev.rocmforge.engine.cpu.vector;

import static dev.rocmforge.engine.cpu.vector.Lanes.FLOATS;
import static dev.rocmforge.engine.cpu.vector.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q4_K in panels. Its nibbles are moved: in a file a byte has weights of two groups, here two of
 * one. The six bits of scales and minima become bytes: a word has those of two groups, scale before
 * minimum.
 */
final class Q4_KPanels implements PanelFormat {
  private static final PanelWords WORDS = PanelKind.NIBBLES.words();
  private static final float MIDDLE = WORDS.middle();
  private static final int GROUPS = 8;

  private static final int SCALES = 4;
  private static final int CODES = 16;

  /** Low halves of four bytes. */
  private static final int LOW = 0x0f0f0f0f;

  @Override
  public PanelKind kind() {
    return PanelKind.NIBBLES;
  }

  @Override
  public int block() {
    return 256;
  }

  @Override
  public int halves() {
    return 2;
  }

  @Override
  public int small() {
    return 2 * GROUPS;
  }

  @Override
  public boolean offsets() {
    return true;
  }

  @Override
  public void pack(MemorySegment weights, long at, PanelCursor to) {
    to.half(0, Quants.halfBits(weights, at));
    to.half(1, Quants.halfBits(weights, at + 2));
    for (int two = 0; two < GROUPS / 2; two++) {
      to.four(two, bytes(weights, at, 2 * two) | bytes(weights, at, 2 * two + 1) << 16);
    }
    int lines = WORDS.lines();
    for (int two = 0; two < GROUPS / 2; two++) {
      for (int i = 0; i < lines; i++) {
        long byteAt = at + CODES + 32L * two + 4L * i;
        int first = Quants.bits(weights, byteAt);
        int second = Quants.bits(weights, byteAt + 16);
        int even = (first & LOW) | (second & LOW) << 4;
        int odd = (first >>> 4 & LOW) | (second & ~LOW);
        to.word(2 * two * lines + i, even ^ NibbleWords.SIGN);
        to.word((2 * two + 1) * lines + i, odd ^ NibbleWords.SIGN);
      }
    }
  }

  /** Scale and minimum of a group. */
  private static int bytes(MemorySegment weights, long at, int group) {
    int pair = Q4_KRows.pair(weights, at + SCALES, group);
    return (pair & 63) | (pair >> 16) << 8;
  }

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    float[] halves = own.wide(2 * blocks * PanelWords.ROWS);
    for (int block = 0; block < blocks; block++) {
      for (int row = 0; row < PanelWords.ROWS; row += Lanes.COUNT) {
        int d = 2 * block * PanelWords.ROWS + row;
        long at = small + (long) block * GROUPS / 2 * PanelWords.LINE + (long) row * Integer.BYTES;
        scales(panels, at, halves, d, own, block * GROUPS * PanelWords.ROWS + row);
      }
    }
  }

  /**
   * Of one block and one vector of rows; calls nothing but the Vector API. Bytes become floats
   * where they lie, as codes do.
   */
  private static void scales(
      MemorySegment panels, long at, float[] halves, int d, PanelScratch own, int to) {
    FloatVector even = FloatVector.fromArray(FLOATS, halves, d);
    FloatVector odd = even.mul(0x1p-16f);
    FloatVector oddMinimum = FloatVector.fromArray(FLOATS, halves, d + PanelWords.ROWS).neg();
    FloatVector evenMinimum = oddMinimum.mul(0x1p-8f);
    for (int two = 0; two < GROUPS / 2; two++) {
      IntVector four =
          IntVector.fromMemorySegment(INTS, panels, at + two * PanelWords.LINE, Panels.ORDER);
      int first = to + 2 * two * PanelWords.ROWS;
      FloatVector scale = ((FloatVector) four.and(0xff).convert(VectorOperators.I2F, 0)).mul(even);
      scale.intoArray(own.scales, first);
      ((FloatVector) four.and(0xff00).convert(VectorOperators.I2F, 0))
          .fma(evenMinimum, scale.mul(MIDDLE))
          .intoArray(own.offsets, first);
      scale = ((FloatVector) four.and(0xff0000).convert(VectorOperators.I2F, 0)).mul(odd);
      scale.intoArray(own.scales, first + PanelWords.ROWS);
      ((FloatVector) four.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0))
          .fma(oddMinimum, scale.mul(MIDDLE))
          .intoArray(own.offsets, first + PanelWords.ROWS);
    }
  }
}
