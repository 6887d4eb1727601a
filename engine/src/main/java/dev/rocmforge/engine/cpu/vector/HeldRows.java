package dev.rocmforge.engine.cpu.vector;

import java.lang.foreign.MemorySegment;

/** A format whose rows are taken apart into memory once for several rows of activations. */
interface HeldRows extends RowKernel {
  /**
   * Makes one row ready to be multiplied by several rows of activations, with {@link #heldDot}.
   *
   * @param weights the matrix
   * @param at byte offset of the row
   */
  void hold(MemorySegment weights, long at, int cols, WorkerScratch scratch);

  /**
   * Dot product of the held row with {@code x[xo ...]}: the bits of {@link #dot}.
   *
   * @param sums as in {@link #dot}, from {@code so} on
   */
  float heldDot(int cols, float[] x, int xo, float[] sums, int so, WorkerScratch scratch);

  /**
   * As {@link #heldDot} of {@code count} rows of {@code x} that follow one another.
   *
   * @param dots receives {@code count} products, from 0 on
   */
  default void heldDots(
      int cols, float[] x, int count, float[] sums, float[] dots, WorkerScratch scratch) {
    for (int row = 0; row < count; row++) {
      dots[row] = heldDot(cols, x, row * cols, sums, row * (cols / GROUP), scratch);
    }
  }

  @Override
  default void dots(
      MemorySegment weights,
      long at,
      int cols,
      float[] x,
      int count,
      float[] sums,
      float[] dots,
      WorkerScratch scratch) {
    hold(weights, at, cols, scratch);
    heldDots(cols, x, count, sums, dots, scratch);
  }
}
