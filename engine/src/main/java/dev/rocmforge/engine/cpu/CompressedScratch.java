package dev.rocmforge.engine.cpu;

/**
 * Memory that the products with compressed matrices of a session share, since only one runs at a
 * time. Grown while the session opens, never while it runs.
 */
final class CompressedScratch {
  private final int batch;
  private float[] rotated = new float[0];
  private double[] inner = new double[0];

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
    if (inner.length < rank) {
      inner = new double[rank];
    }
  }

  /** Rotated activations, {@code [batch][cols]}. */
  float[] rotated() {
    return rotated;
  }

  /** One vector of a rank. */
  double[] inner() {
    return inner;
  }
}
