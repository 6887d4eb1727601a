package dev.rocmforge.engine.cpu.vector;

/** Memory of one worker for a panel: a chunk's scales and the rows' totals. */
final class PanelScratch {
  /** Most halves and most small numbers a column has: those of Q4_1, and of Q4_K and Q6_K. */
  private static final int HALVES = PanelLayout.CHUNK_COLUMNS / 16;

  private static final int SMALL = PanelLayout.CHUNK_COLUMNS / 16;

  /** Fewest columns of a group. */
  private static final int GROUP = 16;

  final short[] halves = new short[HALVES * PanelWords.ROWS];
  final float[] wide = new float[HALVES * PanelWords.ROWS];
  final byte[] small = new byte[SMALL * PanelWords.ROWS];
  final float[] scales = new float[PanelLayout.CHUNK_COLUMNS / GROUP * PanelWords.ROWS];
  final float[] offsets = new float[scales.length];

  /** {@code [token][row]}. */
  final float[] totals = new float[MatrixMultiply.FEW * PanelWords.ROWS];
}
