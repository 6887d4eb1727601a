package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;

/** Q8_0 in panels: a scale and eight words of bytes. */
final class Q8_0Panels implements PanelFormat {
  private static final PanelWords WORDS = PanelKind.BYTES.words();

  @Override
  public PanelKind kind() {
    return PanelKind.BYTES;
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
      to.word(i, Quants.bits(weights, at + 2 + 4L * i) ^ ByteWords.SIGNS);
    }
  }

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    HalfRows.convert(own.halves, 0, own.scales, 0, blocks * PanelWords.ROWS);
  }
}
