package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.compress.SparseMatrix;
import jdk.incubator.vector.FloatVector;

/**
 * Products with sparse rows, cut into stretches of rows. A few activation rows: each gathers its
 * own values, so that its bits are those of a single one. A batch: activations are turned around,
 * tokens along the lanes, so that a stored value is read once for {@link #TOKENS} of them and
 * nothing is gathered.
 */
final class SparseProduct {
  /** Activation rows that share a read of the matrix. */
  static final int TOKENS = 4 * Lanes.COUNT;

  /** Stored values in a task: below this, starting another thread costs more than the work. */
  private static final int TASK_VALUES = 1 << 12;

  /** Columns in a task of turning around. */
  private static final int TURNED_COLS = 256;

  private final WorkerPool pool;
  private final WorkerScratch[] scratch;
  private final WorkerPool.Work few = this::few;
  private final WorkerPool.Work turning = this::turn;
  private final WorkerPool.Work many = this::many;

  /** {@code [cols][TOKENS]}; zeros where there are fewer tokens. Grown at the widest matrix. */
  private float[] turned = new float[0];

  private SparseMatrix matrix;
  private float[] x;
  private float[] y;
  private int batch;
  private int first;
  private int stretch;

  SparseProduct(WorkerPool pool, WorkerScratch[] scratch) {
    this.pool = pool;
    this.scratch = scratch;
  }

  /** As {@link dev.rocmforge.engine.cpu.Operations#addSparse}. */
  void run(SparseMatrix sparse, float[] activations, int rows, float[] result) {
    matrix = sparse;
    x = activations;
    y = result;
    batch = rows;
    int tasks = Math.clamp(sparse.nonZeros() / TASK_VALUES, 1, sparse.rows());
    stretch = (sparse.rows() + tasks - 1) / tasks;
    tasks = (sparse.rows() + stretch - 1) / stretch;
    if (rows <= MatrixMultiply.FEW) {
      pool.run(few, tasks);
      return;
    }
    if (turned.length < sparse.cols() * TOKENS) {
      turned = new float[sparse.cols() * TOKENS];
    }
    for (first = 0; first < rows; first += TOKENS) {
      pool.run(turning, (sparse.cols() + TURNED_COLS - 1) / TURNED_COLS);
      pool.run(many, tasks);
    }
  }

  private void few(int task, int worker) {
    int last = Math.min((task + 1) * stretch, matrix.rows());
    int[] starts = matrix.rowStarts();
    int[] columns = matrix.columnIndices();
    float[] values = matrix.storedValues();
    for (int row = task * stretch; row < last; row++) {
      for (int token = 0; token < batch; token++) {
        float sum = dot(columns, values, starts[row], starts[row + 1], token * matrix.cols());
        y[token * matrix.rows() + row] += sum;
      }
    }
  }

  /** Four sums, so that one addition need not wait for the one before it. */
  private float dot(int[] columns, float[] values, int from, int to, int xo) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = from;
    for (; i <= to - 4; i += 4) {
      sum0 += values[i] * x[xo + columns[i]];
      sum1 += values[i + 1] * x[xo + columns[i + 1]];
      sum2 += values[i + 2] * x[xo + columns[i + 2]];
      sum3 += values[i + 3] * x[xo + columns[i + 3]];
    }
    for (; i < to; i++) {
      sum0 += values[i] * x[xo + columns[i]];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private void turn(int task, int worker) {
    int cols = matrix.cols();
    int last = Math.min((task + 1) * TURNED_COLS, cols);
    int tokens = Math.min(TOKENS, batch - first);
    for (int col = task * TURNED_COLS; col < last; col++) {
      int to = col * TOKENS;
      for (int token = 0; token < tokens; token++) {
        turned[to + token] = x[(first + token) * cols + col];
      }
      for (int token = tokens; token < TOKENS; token++) {
        turned[to + token] = 0;
      }
    }
  }

  private void many(int task, int worker) {
    int last = Math.min((task + 1) * stretch, matrix.rows());
    for (int row = task * stretch; row < last; row++) {
      many(row, scratch[worker].lanes);
    }
  }

  private void many(int row, float[] lanes) {
    int[] columns = matrix.columnIndices();
    float[] values = matrix.storedValues();
    int[] starts = matrix.rowStarts();
    FloatVector sum0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int to = starts[row + 1];
    for (int i = starts[row]; i < to; i++) {
      int at = columns[i] * TOKENS;
      FloatVector value = FloatVector.broadcast(Lanes.FLOATS, values[i]);
      sum0 = value.fma(Lanes.load(turned, at), sum0);
      sum1 = value.fma(Lanes.load(turned, at + Lanes.COUNT), sum1);
      sum2 = value.fma(Lanes.load(turned, at + 2 * Lanes.COUNT), sum2);
      sum3 = value.fma(Lanes.load(turned, at + 3 * Lanes.COUNT), sum3);
    }
    sum0.intoArray(lanes, 0);
    sum1.intoArray(lanes, Lanes.COUNT);
    sum2.intoArray(lanes, 2 * Lanes.COUNT);
    sum3.intoArray(lanes, 3 * Lanes.COUNT);
    for (int token = 0; token < Math.min(TOKENS, batch - first); token++) {
      y[(first + token) * matrix.rows() + row] += lanes[token];
    }
  }
}
