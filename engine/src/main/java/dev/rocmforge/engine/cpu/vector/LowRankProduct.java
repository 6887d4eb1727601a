package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.compress.LowRank;
import jdk.incubator.vector.FloatVector;

/**
 * Products with two thin matrices, U (V x), one after the other: V by dot products, cut into
 * stretches of its rows; U column by column, rows along the lanes, cut into stretches of rows. Four
 * activation rows share a read of the factors, and each has the bits of a single one.
 */
final class LowRankProduct {
  /** Weights in a task: below this, starting another thread costs more than the work. */
  private static final int TASK_WEIGHTS = 1 << 13;

  /** Rows of U whose sums stay in registers for four activation rows. */
  private static final int HELD = 2 * Lanes.COUNT;

  private final WorkerPool pool;
  private final WorkerScratch[] scratch;
  private final WorkerPool.Work inward = this::inward;
  private final WorkerPool.Work outward = this::outward;

  private LowRank factors;
  private float[] x;
  private float[] inner;
  private float[] y;
  private int batch;
  private int stretch;

  LowRankProduct(WorkerPool pool, WorkerScratch[] scratch) {
    this.pool = pool;
    this.scratch = scratch;
  }

  /** As {@link dev.rocmforge.engine.cpu.Operations#addLowRank}. */
  void run(LowRank lowRank, float[] activations, int rows, float[] between, float[] result) {
    factors = lowRank;
    x = activations;
    inner = between;
    y = result;
    batch = rows;
    stretch = Math.clamp(TASK_WEIGHTS / lowRank.cols(), 1, lowRank.rank());
    pool.run(inward, (lowRank.rank() + stretch - 1) / stretch);
    stretch = Math.max(1, TASK_WEIGHTS / lowRank.rank() / HELD) * HELD;
    pool.run(outward, (lowRank.rows() + stretch - 1) / stretch);
  }

  private void inward(int task, int worker) {
    int last = Math.min((task + 1) * stretch, factors.rank());
    float[] lanes = scratch[worker].lanes;
    for (int k = task * stretch; k < last; k++) {
      for (int token = 0; token < batch; token += 4) {
        dots(k, token, lanes);
      }
    }
  }

  /** Row {@code k} of V times four activation rows; beyond the batch the last one again. */
  private void dots(int k, int token, float[] lanes) {
    int cols = factors.cols();
    float[] v = factors.rowsOfV();
    int vo = k * cols;
    int x0 = token * cols;
    int x1 = Math.min(token + 1, batch - 1) * cols;
    int x2 = Math.min(token + 2, batch - 1) * cols;
    int x3 = Math.min(token + 3, batch - 1) * cols;
    FloatVector sum0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int whole = Lanes.FLOATS.loopBound(cols);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector weight = Lanes.load(v, vo + i);
      sum0 = weight.fma(Lanes.load(x, x0 + i), sum0);
      sum1 = weight.fma(Lanes.load(x, x1 + i), sum1);
      sum2 = weight.fma(Lanes.load(x, x2 + i), sum2);
      sum3 = weight.fma(Lanes.load(x, x3 + i), sum3);
    }
    sum0.intoArray(lanes, 0);
    sum1.intoArray(lanes, Lanes.COUNT);
    sum2.intoArray(lanes, 2 * Lanes.COUNT);
    sum3.intoArray(lanes, 3 * Lanes.COUNT);
    for (int i = 0; i < Math.min(4, batch - token); i++) {
      float sum = Lanes.sum(lanes, i * Lanes.COUNT);
      for (int col = whole; col < cols; col++) {
        sum += v[vo + col] * x[(token + i) * cols + col];
      }
      inner[(token + i) * factors.rank() + k] = sum;
    }
  }

  private void outward(int task, int worker) {
    int last = Math.min((task + 1) * stretch, factors.rows());
    for (int token = 0; token < batch; token += 4) {
      int row = task * stretch;
      for (; row <= last - HELD; row += HELD) {
        columns(row, token);
      }
      for (; row < last; row++) {
        for (int i = token; i < Math.min(token + 4, batch); i++) {
          y[i * factors.rows() + row] += single(row, i);
        }
      }
    }
  }

  private float single(int row, int token) {
    float[] u = factors.columnsOfU();
    float sum = 0;
    for (int k = 0; k < factors.rank(); k++) {
      sum = Math.fma(inner[token * factors.rank() + k], u[k * factors.rows() + row], sum);
    }
    return sum;
  }

  /** {@link #HELD} rows of U times four vectors of a rank; beyond the batch the last one again. */
  private void columns(int row, int token) {
    int rank = factors.rank();
    int rows = factors.rows();
    float[] u = factors.columnsOfU();
    int i0 = token * rank;
    int i1 = Math.min(token + 1, batch - 1) * rank;
    int i2 = Math.min(token + 2, batch - 1) * rank;
    int i3 = Math.min(token + 3, batch - 1) * rank;
    FloatVector low0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector low1 = low0;
    FloatVector low2 = low0;
    FloatVector low3 = low0;
    FloatVector high0 = low0;
    FloatVector high1 = low0;
    FloatVector high2 = low0;
    FloatVector high3 = low0;
    for (int k = 0; k < rank; k++) {
      FloatVector low = Lanes.load(u, k * rows + row);
      FloatVector high = Lanes.load(u, k * rows + row + Lanes.COUNT);
      FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, inner[i0 + k]);
      low0 = low.fma(factor, low0);
      high0 = high.fma(factor, high0);
      factor = FloatVector.broadcast(Lanes.FLOATS, inner[i1 + k]);
      low1 = low.fma(factor, low1);
      high1 = high.fma(factor, high1);
      factor = FloatVector.broadcast(Lanes.FLOATS, inner[i2 + k]);
      low2 = low.fma(factor, low2);
      high2 = high.fma(factor, high2);
      factor = FloatVector.broadcast(Lanes.FLOATS, inner[i3 + k]);
      low3 = low.fma(factor, low3);
      high3 = high.fma(factor, high3);
    }
    add(low0, high0, row, token);
    add(low1, high1, row, token + 1);
    add(low2, high2, row, token + 2);
    add(low3, high3, row, token + 3);
  }

  private void add(FloatVector low, FloatVector high, int row, int token) {
    if (token < batch) {
      int at = token * factors.rows() + row;
      Lanes.load(y, at).add(low).intoArray(y, at);
      Lanes.load(y, at + Lanes.COUNT).add(high).intoArray(y, at + Lanes.COUNT);
    }
  }
}
