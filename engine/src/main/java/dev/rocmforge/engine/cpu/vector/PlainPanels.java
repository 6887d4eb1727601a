package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 weights whose words of codes follow one or two half-precision numbers: a scale, and
 * the offset of Q4_1.
 */
final class PlainPanels implements PanelFormat {
  private final PanelKind kind;

  /** Turns a word of the file into one of the panel. */
  private final int turn;

  private final int halves;

  /**
   * @param turn bits that are stored otherwise
   */
  PlainPanels(PanelKind kind, int turn, boolean offset) {
    this.kind = kind;
    this.turn = turn;
    halves = offset ? 2 : 1;
  }

  @Override
  public PanelKind kind() {
    return kind;
  }

  @Override
  public int block() {
    return 32;
  }

  @Override
  public int halves() {
    return halves;
  }

  @Override
  public int small() {
    return 0;
  }

  @Override
  public boolean offsets() {
    return halves == 2;
  }

  @Override
  public void pack(MemorySegment weights, long at, PanelCursor to) {
    for (int i = 0; i < halves; i++) {
      to.half(i, Quants.halfBits(weights, at + 2L * i));
    }
    for (int i = 0; i < words().lines(); i++) {
      to.word(i, Quants.bits(weights, at + 2L * halves + 4L * i) ^ turn);
    }
  }

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    if (!offsets()) {
      HalfRows.convert(own.halves, 0, own.scales, 0, blocks * PanelWords.ROWS);
      return;
    }
    float[] wide = own.wide(2 * blocks * PanelWords.ROWS);
    for (int block = 0; block < blocks; block++) {
      int to = block * PanelWords.ROWS;
      for (int row = 0; row < PanelWords.ROWS; row++) {
        float scale = wide[2 * to + row];
        own.scales[to + row] = scale;
        own.offsets[to + row] = wide[2 * to + PanelWords.ROWS + row] + words().middle() * scale;
      }
    }
  }
}
