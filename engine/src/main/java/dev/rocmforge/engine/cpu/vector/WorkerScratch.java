package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.session.LatentSide;

/** Memory of one worker. Grown when a session opens, never while it runs. */
final class WorkerScratch {
  private float[] latent = new float[0];

  /** Raw halves of a stretch of a row. */
  final short[] halves;

  /** Decoded rows, one after the other. */
  final float[] tile;

  /** A row of codes with their scales. */
  final HeldCodes codes;

  /** Attention scores of the heads that share a key head, {@code [heads][capacity]}. */
  final float[] scores;

  /** Keys or values of one head for a stretch of positions, as attention reads them. */
  final float[] cached;

  /** Queries of the heads that share a key head, turned as the cached keys are. */
  final float[] turned;

  /** A head, for what turns it. */
  final float[] spare;

  /** Products of a weight row with a few rows of activations. */
  final float[] dots = new float[MatrixMultiply.FEW];

  /** Scales and totals of a panel of rows. */
  final PanelScratch panel = new PanelScratch();

  /** The register tile's sums, one vector each. */
  final float[] lanes = new float[RegisterTile.SUMS * Lanes.COUNT];

  /**
   * @param cols of the widest matrix
   * @param group heads that share a key head; 0 without attention
   * @param head longest head
   */
  WorkerScratch(int halves, int tile, int cols, int capacity, int group, int head) {
    this.halves = new short[halves];
    this.codes = new HeldCodes(cols);
    this.tile = new float[tile];
    scores = new float[Math.multiplyExact(group, capacity)];
    cached = new float[Attention.STRETCH * 2 * head];
    turned = new float[group * 2 * head];
    spare = new float[head];
  }

  /** Room for one latent; made at the first. */
  float[] latent(LatentSide side) {
    if (latent.length < side.scratchLength()) {
      latent = new float[side.scratchLength()];
    }
    return latent;
  }
}
