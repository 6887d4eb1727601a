package dev.rocmforge.engine;

/**
 * Looks at intermediate values while a session runs, for diagnosis: where the first NaN came from,
 * or how two backends drift apart. Called on the session's thread after each stage; a session
 * opened with {@link #NONE} makes no calls at all.
 */
@FunctionalInterface
public interface Probe {
  /** Looks at nothing. */
  Probe NONE = (stage, layer, values, rows, cols, firstPosition) -> {};

  /**
   * @param stage what was just computed
   * @param layer block number, or -1 outside the blocks
   * @param values row-major {@code [rows][cols]}, followed by unused space; the session's own
   *     array, for the time of the call. On the CPU what is written to it steers what follows: how
   *     a check gives a mixture the experts that another backend chose
   * @param rows tokens of the batch, or chosen rows of it where {@code firstPosition} is -1
   * @param cols values a row
   * @param firstPosition position of row 0; rows follow one another. -1 for the experts of a
   *     mixture, whose rows are a selection
   */
  void observe(Stage stage, int layer, float[] values, int rows, int cols, int firstPosition);
}
