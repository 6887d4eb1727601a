package dev.rocmforge.engine.cpu.vector;

/**
 * Cuts a row of equal pieces into tasks that grow smaller: each is a fixed part of what is left
 * (guided self-scheduling, Polychronopoulos and Kuck, 1987). The first ones are long, for memory
 * that is read in order comes sooner; the last are single, so that threads end together.
 */
final class Shares {
  private Shares() {}

  /** How many of {@code left} pieces the next task takes. */
  private static int next(int left, int threads) {
    return Math.max(1, left / (2 * threads));
  }

  /** Tasks of all pieces. */
  static int tasks(int pieces, int threads) {
    int tasks = 0;
    for (int left = pieces; left > 0; left -= next(left, threads)) {
      tasks++;
    }
    return tasks;
  }

  /** The first piece of a task; of the task behind the last, the number of pieces. */
  static int first(int task, int pieces, int threads) {
    int left = pieces;
    for (int i = 0; i < task; i++) {
      left -= next(left, threads);
    }
    return pieces - left;
  }
}
