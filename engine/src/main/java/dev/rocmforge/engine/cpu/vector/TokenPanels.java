package dev.rocmforge.engine.cpu.vector;

/**
 * A batch of activations turned around: panels of {@link #TOKENS} tokens, in each of which the
 * tokens of a column lie side by side, {@code [panel][cols][TOKENS]}. Tokens beyond the batch are
 * zero. Filled once for all matrices that share the activations.
 */
final class TokenPanels {
  /** Tokens whose sums a weight is multiplied into at once. */
  static final int TOKENS = 2 * Lanes.COUNT;

  /** Columns of a task that fills. */
  private static final int STRETCH = 128;

  private final WorkerPool pool;
  private final WorkerPool.Work filling = this::fill;
  private float[] values = new float[0];
  private float[] x;
  private int batch;
  private int cols;

  TokenPanels(WorkerPool pool) {
    this.pool = pool;
  }

  /** Panels of a batch. */
  static int count(int batch) {
    return (batch + TOKENS - 1) / TOKENS;
  }

  /**
   * Grows where a batch is larger than any before it.
   *
   * @param activations {@code [rows][width]}
   */
  void fill(float[] activations, int rows, int width) {
    x = activations;
    batch = rows;
    cols = width;
    int needed = Math.multiplyExact(count(rows) * TOKENS, width);
    if (values.length < needed) {
      values = new float[needed];
    }
    pool.run(filling, count(rows) * stretches());
  }

  private int stretches() {
    return (cols + STRETCH - 1) / STRETCH;
  }

  private void fill(int task, int worker) {
    int panel = task / stretches();
    int from = task % stretches() * STRETCH;
    int to = Math.min(from + STRETCH, cols);
    int start = panel * cols * TOKENS;
    for (int i = 0; i < TOKENS; i++) {
      int token = panel * TOKENS + i;
      if (token < batch) {
        for (int col = from; col < to; col++) {
          values[start + col * TOKENS + i] = x[token * cols + col];
        }
      } else {
        for (int col = from; col < to; col++) {
          values[start + col * TOKENS + i] = 0;
        }
      }
    }
  }

  /** All panels, one after the other. */
  float[] values() {
    return values;
  }
}
