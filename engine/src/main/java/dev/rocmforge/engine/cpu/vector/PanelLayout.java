package dev.rocmforge.engine.cpu.vector;

/**
 * Where things lie in a matrix of panels. A panel is {@value PanelWords#VECTORS} vectors of rows
 * side by side, cut along the columns into chunks whose scales stay in the nearest cache: a chunk
 * is {@code halves [block][number][row], small [block][number][row], words [group][line][row]}.
 * Rows beyond the last are zero.
 */
final class PanelLayout {
  /** Columns of a chunk. */
  static final int CHUNK_COLUMNS = 1024;

  private final PanelFormat format;
  private final int rows;
  private final int blocks;

  PanelLayout(PanelFormat format, int rows, int cols) {
    this.format = format;
    this.rows = rows;
    this.blocks = cols / format.block();
  }

  PanelFormat format() {
    return format;
  }

  int rows() {
    return rows;
  }

  int panels() {
    return (rows + PanelWords.ROWS - 1) / PanelWords.ROWS;
  }

  /** Blocks of a row. */
  int blocks() {
    return blocks;
  }

  /** Blocks of a chunk that is whole. */
  int chunk() {
    return CHUNK_COLUMNS / format.block();
  }

  /** Blocks of the chunk that begins with block {@code first}. */
  int blocks(int first) {
    return Math.min(chunk(), blocks - first);
  }

  /** Groups of a block. */
  int groups() {
    return format.block() / format.words().group();
  }

  long halvesBytes() {
    return 2L * format.halves() * PanelWords.ROWS;
  }

  long smallBytes() {
    return (long) format.small() * PanelWords.ROWS;
  }

  long wordsBytes() {
    return PanelWords.LINE * groups() * format.words().lines();
  }

  private long blockBytes() {
    return halvesBytes() + smallBytes() + wordsBytes();
  }

  long panelBytes() {
    return blocks * blockBytes();
  }

  long bytes() {
    return panels() * panelBytes();
  }

  /** Where the chunk that begins with block {@code first} begins. */
  long chunkAt(int panel, int first) {
    return panel * panelBytes() + first * blockBytes();
  }

  /** Where its words begin. */
  long wordsAt(int panel, int first) {
    return chunkAt(panel, first) + blocks(first) * (halvesBytes() + smallBytes());
  }
}
