package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;

/** Q4_0 in panels: a scale and four words of nibbles. */
final class Q4_0Panels implements PanelFormat {
  private static final PanelWords WORDS = PanelKind.NIBBLES.words();

  @Override
  public PanelKind kind() {
    return PanelKind.NIBBLES;
  }

  @Override
  public int block() {
    return 32;
  }

  @Override
  public int halves() {
    return 1;
  }

  @Override
  public int small() {
    return 0;
  }

  @Override
  public boolean offsets() {
    return false;
  }

  @Override
  public void pack(MemorySegment weights, long at, PanelCursor to) {
    to.half(0, Quants.halfBits(weights, at));
    for (int i = 0; i < WORDS.lines(); i++) {
      to.word(i, Quants.bits(weights, at + 2 + 4L * i) ^ NibbleWords.SIGN);
    }
  }

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    HalfRows.convert(own.halves, 0, own.scales, 0, blocks * PanelWords.ROWS);
  }
}
