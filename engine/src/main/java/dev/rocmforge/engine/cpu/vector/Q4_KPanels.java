package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q4_K in panels. Its nibbles are moved: in a file a byte has weights of two groups, here two of
 * one. The six bits of scales and minima become bytes.
 */
final class Q4_KPanels implements PanelFormat {
  private static final PanelWords WORDS = PanelKind.NIBBLES.words();
  private static final float MIDDLE = WORDS.middle();
  private static final int GROUPS = 8;

  /** From a scale to the minimum of the same group and row. */
  private static final int MINIMA = GROUPS * PanelWords.ROWS;

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
    for (int group = 0; group < GROUPS; group++) {
      int pair = Q4_KRows.pair(weights, at + SCALES, group);
      to.small(group, pair & 63);
      to.small(GROUPS + group, pair >> 16);
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

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    float[] halves = own.wide(2 * blocks * PanelWords.ROWS);
    for (int block = 0; block < blocks; block++) {
      for (int row = 0; row < PanelWords.ROWS; row += Lanes.COUNT) {
        int d = 2 * block * PanelWords.ROWS + row;
        long at = small + (long) block * 2 * GROUPS * PanelWords.ROWS + row;
        scales(panels, at, halves, d, own, block * GROUPS * PanelWords.ROWS + row);
      }
    }
  }

  /** Of one block and one vector of rows; calls nothing but the Vector API. */
  private static void scales(
      MemorySegment panels, long at, float[] halves, int d, PanelScratch own, int to) {
    FloatVector scale = FloatVector.fromArray(Lanes.FLOATS, halves, d);
    FloatVector minimum = FloatVector.fromArray(Lanes.FLOATS, halves, d + PanelWords.ROWS);
    for (int group = 0; group < GROUPS; group++) {
      long from = at + (long) group * PanelWords.ROWS;
      FloatVector scales =
          (FloatVector)
              ByteVector.fromMemorySegment(Quants.BYTES, panels, from, Panels.ORDER)
                  .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
      FloatVector minima =
          (FloatVector)
              ByteVector.fromMemorySegment(Quants.BYTES, panels, from + MINIMA, Panels.ORDER)
                  .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
      scales = scales.mul(scale);
      scales.intoArray(own.scales, to + group * PanelWords.ROWS);
      scales
          .mul(MIDDLE)
          .sub(minima.mul(minimum))
          .intoArray(own.offsets, to + group * PanelWords.ROWS);
    }
  }
}
