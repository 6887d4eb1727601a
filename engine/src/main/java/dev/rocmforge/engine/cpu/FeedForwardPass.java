package dev.rocmforge.engine.cpu;

/** The feed-forward half of one block. */
interface FeedForwardPass {
  /**
   * Writes {@code [batch][width]} to the array given at construction.
   *
   * @param x {@code [batch][width]}, normed
   * @param position position of row 0
   */
  void run(float[] x, int batch, int position);
}
