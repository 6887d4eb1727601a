package dev.rocmforge.engine.cpu.vector;

/** A few rows of activations, made ready for one kind of words. */
final class PanelInputs {
  private final PanelWords words;

  /** {@code [token][group][field]}. */
  private float[] scaled = new float[0];

  /** {@code [token][group]}. */
  private float[] starts = new float[0];

  private long last;

  PanelInputs(PanelWords words) {
    this.words = words;
  }

  float[] scaled() {
    return scaled;
  }

  float[] starts() {
    return starts;
  }

  /**
   * Takes {@code batch} rows of {@code cols} activations, unless it has those of this run.
   *
   * @param run number of the products that are run, from 1 on
   * @param widest most columns there will ever be
   */
  void fill(long run, float[] x, int batch, int cols, int widest) {
    if (run == last) {
      return;
    }
    last = run;
    if (scaled.length == 0) {
      int groups = MatrixMultiply.FEW * (widest / words.group());
      scaled = new float[groups * words.fields()];
      starts = new float[groups];
    }
    int groups = cols / words.group();
    for (int token = 0; token < batch; token++) {
      words.prepare(x, token * cols, cols, scaled, starts, token * groups);
    }
  }
}
