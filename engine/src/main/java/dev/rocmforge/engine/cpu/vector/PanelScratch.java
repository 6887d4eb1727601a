package dev.rocmforge.engine.cpu.vector;

/** Memory of one worker for a panel: a chunk's scales and the rows' totals. */
final class PanelScratch {
  /** Most halves of a row: those of Q4_1. */
  private static final int HALVES = PanelLayout.CHUNK_COLUMNS / 16;

  /** Fewest columns of a group. */
  private static final int GROUP = 16;

  /** Half-precision numbers beside the codes, {@code [block][number][row]}. */
  final short[] halves = new short[HALVES * PanelWords.ROWS];

  /** {@code [group][row]}. */
  final float[] scales = new float[PanelLayout.CHUNK_COLUMNS / GROUP * PanelWords.ROWS];

  /** {@code [group][row]}. */
  final float[] offsets = new float[scales.length];

  /** Where the totals lie that grow. */
  int first;

  /** {@code [token][row]}. */
  final float[] totals = new float[MatrixMultiply.FEW * PanelWords.ROWS];

  private final float[] wide = new float[halves.length];

  /** The first {@code count} of {@link #halves} as floats. */
  float[] wide(int count) {
    HalfRows.convert(halves, 0, wide, 0, count);
    return wide;
  }
}
