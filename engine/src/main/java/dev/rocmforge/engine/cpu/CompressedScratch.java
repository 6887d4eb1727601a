package dev.rocmforge.engine.cpu;

/**
 * Memory that the products with compressed matrices of a session share, since only one runs at a
 * time. Grown while the session opens, never while it runs.
 */
final class CompressedScratch {
  private final int batch;
  private float[] rotated = new float[0];
  private float[] inner = new float[0];

  /**
   * @param batch most rows of a pass
   */
  CompressedScratch(int batch) {
    this.batch = batch;
  }

  /** Makes room for rows of {@code cols} and a rank. */
  void reserve(int cols, int rank) {
    if (rotated.length < batch * cols) {
      rotated = new float[batch * cols];
    }
    if (inner.length < batch * rank) {
      inner = new float[batch * rank];
    }
  }

  /** Rotated activations, {@code [batch][cols]}. */
  float[] rotated() {
    return rotated;
  }

  /** Vectors of a rank, {@code [batch][rank]}. */
  float[] inner() {
    return inner;
  }
}
