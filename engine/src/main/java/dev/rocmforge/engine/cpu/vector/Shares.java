package dev.rocmforge.engine.cpu.vector;

import java.util.stream.IntStream;

/**
 * Cuts a row of equal pieces into tasks that grow smaller: each is a fixed part of what is left
 * (guided self-scheduling, Polychronopoulos and Kuck, 1987). The first ones are long, for memory
 * that is read in order comes sooner; the last are single, so that threads end together.
 */
final class Shares {
  private Shares() {}

  /**
   * The first piece of each task, and behind them the number of pieces.
   *
   * @param threads that take tasks
   */
  static int[] of(int pieces, int threads) {
    return IntStream.iterate(
            0,
            first -> first <= pieces,
            first -> first + Math.max(1, (pieces - first) / (2 * threads)))
        .toArray();
  }
}
