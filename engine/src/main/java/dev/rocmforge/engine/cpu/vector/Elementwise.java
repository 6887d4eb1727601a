package dev.rocmforge.engine.cpu.vector;

/** Norms and activations, cut into stretches when there is enough to share. */
final class Elementwise {
  /** Elements in a task: below this, starting another thread costs more than the work. */
  private static final int STRETCH = 2048;

  private final WorkerPool pool;
  private final WorkerPool.Work normTask = this::normRows;
  private final WorkerPool.Work swiGluTask = this::swiGluStretch;
  private final WorkerPool.Work softPlusTask = this::softPlusStretch;
  private float[] a;
  private float[] b;
  private float[] out;
  private int count;
  private int rowsPerTask;
  private float epsilon;

  Elementwise(WorkerPool pool) {
    this.pool = pool;
  }

  void rmsNorm(float[] x, int rows, float[] weight, float eps, float[] y) {
    a = x;
    b = weight;
    out = y;
    epsilon = eps;
    count = rows;
    rowsPerTask = Math.max(1, STRETCH / weight.length);
    pool.run(normTask, (rows + rowsPerTask - 1) / rowsPerTask);
  }

  private void normRows(int task, int worker) {
    int cols = b.length;
    int last = Math.min((task + 1) * rowsPerTask, count);
    for (int row = task * rowsPerTask; row < last; row++) {
      int start = row * cols;
      float squares = Lanes.dot(a, start, a, start, cols);
      float factor = (float) (1 / Math.sqrt((double) squares / cols + epsilon));
      for (int i = 0; i < cols; i++) {
        out[start + i] = a[start + i] * factor * b[i];
      }
    }
  }

  void swiGlu(float[] gate, float[] up, int elements, float[] result) {
    a = gate;
    b = up;
    out = result;
    count = elements;
    pool.run(swiGluTask, (elements + STRETCH - 1) / STRETCH);
  }

  private void swiGluStretch(int task, int worker) {
    Lanes.swiGlu(a, b, out, task * STRETCH, Math.min((task + 1) * STRETCH, count));
  }

  void softPlus(float[] x, int elements) {
    out = x;
    count = elements;
    pool.run(softPlusTask, (elements + STRETCH - 1) / STRETCH);
  }

  private void softPlusStretch(int task, int worker) {
    int last = Math.min((task + 1) * STRETCH, count);
    for (int i = task * STRETCH; i < last; i++) {
      double value = out[i];
      // log(1 + e^x) = x + log(1 + e^-x): e^x overflows for large x, e^-|x| never does.
      out[i] = (float) (Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))));
    }
  }
}
