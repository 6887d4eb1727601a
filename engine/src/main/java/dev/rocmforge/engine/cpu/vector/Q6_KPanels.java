package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Q6_K in panels: a scale, sixteen signed bytes and three words of codes for each. */
final class Q6_KPanels implements PanelFormat {
  private static final PanelWords WORDS = PanelKind.SIX_BITS.words();
  private static final int GROUPS = 16;
  private static final int PAIRS = 128;
  private static final int SCALES = 192;
  private static final int SCALE = 208;

  @Override
  public PanelKind kind() {
    return PanelKind.SIX_BITS;
  }

  @Override
  public int block() {
    return 256;
  }

  @Override
  public int halves() {
    return 1;
  }

  @Override
  public int small() {
    return GROUPS;
  }

  @Override
  public boolean offsets() {
    return false;
  }

  @Override
  public void pack(MemorySegment weights, long at, PanelCursor to) {
    to.half(0, Quants.halfBits(weights, at + SCALE));
    int[] codes = new int[16];
    for (int group = 0; group < GROUPS; group++) {
      to.small(group, Quants.signedByte(weights, at + SCALES + group));
      int half = group / 8;
      int part = group / 2 % 4;
      long low = at + 64L * half + 32L * (part % 2) + 16L * (group % 2);
      long pairs = at + PAIRS + 32L * half + 16L * (group % 2);
      for (int i = 0; i < codes.length; i++) {
        codes[i] =
            (Quants.unsignedByte(weights, low + i) >> (4 * (part / 2)) & 15)
                | (Quants.unsignedByte(weights, pairs + i) >> (2 * part) & 3) << 4;
      }
      for (int word = 0; word < WORDS.lines(); word++) {
        to.word(group * WORDS.lines() + word, SixBitWords.word(codes, word));
      }
    }
  }

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    float[] halves = own.wide(blocks * PanelWords.ROWS);
    for (int block = 0; block < blocks; block++) {
      for (int row = 0; row < PanelWords.ROWS; row += Lanes.COUNT) {
        int groups = block * GROUPS * PanelWords.ROWS + row;
        scales(panels, small + groups, halves, block * PanelWords.ROWS + row, own.scales, groups);
      }
    }
  }

  /** Of one block and one vector of rows; calls nothing but the Vector API. */
  private static void scales(
      MemorySegment panels, long at, float[] halves, int d, float[] scales, int to) {
    FloatVector scale = FloatVector.fromArray(Lanes.FLOATS, halves, d);
    for (int group = 0; group < GROUPS; group++) {
      ((FloatVector)
              ByteVector.fromMemorySegment(
                      Quants.BYTES, panels, at + (long) group * PanelWords.ROWS, Panels.ORDER)
                  .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0))
          .mul(scale)
          .intoArray(scales, to + group * PanelWords.ROWS);
    }
  }
}
