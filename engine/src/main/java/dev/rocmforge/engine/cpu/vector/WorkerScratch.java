package dev.rocmforge.engine.cpu.vector;

/** Memory of one worker. Grown when a session opens, never while it runs. */
final class WorkerScratch {
  /** Raw halves of a stretch of a row. */
  final short[] halves;

  /** Decoded rows, one after the other. */
  final float[] tile;

  /** Attention scores of the heads that share a key head, {@code [heads][capacity]}. */
  final float[] scores;

  /** Keys or values of one head for a stretch of positions, {@code [positions][headLength]}. */
  final float[] cached;

  /** The register tile's sums, one vector each. */
  final float[] lanes = new float[RegisterTile.SUMS * Lanes.COUNT];

  WorkerScratch(int halves, int tile, int scores, int cached) {
    this.halves = new short[halves];
    this.tile = new float[tile];
    this.scores = new float[scores];
    this.cached = new float[cached];
  }
}
