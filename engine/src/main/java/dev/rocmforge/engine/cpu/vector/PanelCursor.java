package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A block of a row inside a panel, to be written. */
final class PanelCursor {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(Panels.ORDER);

  private final MemorySegment panels;
  private final PanelLayout layout;
  private long halves;
  private long small;
  private long words;
  private int row;

  PanelCursor(MemorySegment panels, PanelLayout layout) {
    this.panels = panels;
    this.layout = layout;
  }

  /** Moves to block {@code block} of row {@code to} of a panel. */
  void moveTo(int panel, int to, int block) {
    int first = block / layout.chunk() * layout.chunk();
    int blocks = layout.blocks(first);
    long chunk = layout.chunkAt(panel, first);
    int inside = block - first;
    row = to;
    halves = chunk + inside * layout.halvesBytes();
    small = chunk + blocks * layout.halvesBytes() + inside * layout.smallBytes();
    words = layout.wordsAt(panel, first) + inside * layout.wordsBytes();
  }

  /** A half-precision number. */
  void half(int number, short bits) {
    panels.set(SHORT, halves + 2L * (number * PanelWords.ROWS + row), bits);
  }

  /** A whole number of eight bits. */
  void small(int number, int value) {
    panels.set(ValueLayout.JAVA_BYTE, small + (long) number * PanelWords.ROWS + row, (byte) value);
  }

  /** Four whole numbers of eight bits beside each other, the first lowest. */
  void four(int number, int word) {
    Panels.set(panels, small + number * PanelWords.LINE, row, word);
  }

  /** A word of codes; those of all the block's groups are numbered through. */
  void word(int line, int word) {
    Panels.set(panels, words + line * PanelWords.LINE, row, word);
  }
}
