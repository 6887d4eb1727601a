package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;

/** Q4_1 in panels: a scale, an offset and four words of nibbles. */
final class Q4_1Panels implements PanelFormat {
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
    return 2;
  }

  @Override
  public int small() {
    return 0;
  }

  @Override
  public boolean offsets() {
    return true;
  }

  @Override
  public void pack(MemorySegment weights, long at, PanelCursor to) {
    to.half(0, Quants.halfBits(weights, at));
    to.half(1, Quants.halfBits(weights, at + 2));
    for (int i = 0; i < WORDS.lines(); i++) {
      to.word(i, Quants.bits(weights, at + 4 + 4L * i) ^ NibbleWords.SIGN);
    }
  }

  @Override
  public void scales(MemorySegment panels, long small, int blocks, PanelScratch own) {
    float[] halves = own.wide(2 * blocks * PanelWords.ROWS);
    float[] scales = own.scales;
    float[] offsets = own.offsets;
    int middle = WORDS.middle();
    for (int block = 0; block < blocks; block++) {
      int to = block * PanelWords.ROWS;
      for (int row = 0; row < PanelWords.ROWS; row++) {
        float scale = halves[2 * to + row];
        scales[to + row] = scale;
        offsets[to + row] = halves[2 * to + PanelWords.ROWS + row] + middle * scale;
      }
    }
  }
}
