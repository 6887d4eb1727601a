package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.util.EnumMap;
import java.util.Map;

/**
 * Products of weight matrices with one row or a batch of activations, cut into stretches of weight
 * rows. One row: every weight row is multiplied as it is read. A batch: a tile of weight rows is
 * decoded once and multiplied with all activation rows in blocks of registers.
 */
final class MatrixMultiply implements WorkerPool.Work {
  /** Weight rows decoded at a time. */
  static final int TILE_ROWS = 16;

  /** Bytes of weights in a task when there is one row of activations. */
  private static final int TASK_BYTES = 1 << 15;

  private static final Map<QuantType, RowKernel> KERNELS = new EnumMap<>(QuantType.class);

  static {
    for (QuantType type : QuantType.values()) {
      KERNELS.put(type, RowKernel.of(type));
    }
  }

  private final WorkerPool pool;
  private final WorkerScratch[] scratch;
  private final float[] sums;
  private Product[] products;
  private float[] x;
  private int batch;

  /**
   * @param widest columns of the widest matrix
   */
  MatrixMultiply(WorkerPool pool, WorkerScratch[] scratch, int widest) {
    this.pool = pool;
    this.scratch = scratch;
    this.sums = new float[widest / RowKernel.GROUP];
  }

  /** The kernel of a format. */
  static RowKernel kernel(QuantType type) {
    return KERNELS.get(type);
  }

  /** As {@link dev.rocmforge.engine.cpu.Operations#multiply}. */
  void run(Product[] all, float[] activations, int rows) {
    products = all;
    x = activations;
    batch = rows;
    int tasks = 0;
    for (Product product : all) {
      tasks += tasks(product);
    }
    if (rows == 1) {
      sumGroups(all[0].cols());
    }
    pool.run(this, tasks);
  }

  private void sumGroups(int cols) {
    for (int group = 0; group < cols / RowKernel.GROUP; group++) {
      float sum = 0;
      for (int i = 0; i < RowKernel.GROUP; i++) {
        sum += x[group * RowKernel.GROUP + i];
      }
      sums[group] = sum;
    }
  }

  private int rowsPerTask(Product product) {
    if (batch > 1) {
      return TILE_ROWS;
    }
    return Math.clamp(TASK_BYTES / product.weight().rowBytes(), 1, 1024);
  }

  private int tasks(Product product) {
    int stretch = rowsPerTask(product);
    return (product.rows() + stretch - 1) / stretch;
  }

  @Override
  public void run(int task, int worker) {
    int left = task;
    int index = 0;
    while (left >= tasks(products[index])) {
      left -= tasks(products[index++]);
    }
    Product product = products[index];
    int stretch = rowsPerTask(product);
    int first = left * stretch;
    int last = Math.min(first + stretch, product.rows());
    if (batch == 1) {
      single(product, first, last, scratch[worker]);
    } else {
      tile(product, first, last, scratch[worker]);
    }
  }

  private void single(Product product, int first, int last, WorkerScratch own) {
    Tensor weight = product.weight();
    RowKernel kernel = kernel(weight.type());
    float[] result = product.result();
    float[] bias = product.bias();
    for (int row = first; row < last; row++) {
      float dot = kernel.dot(weight.data(), weight.rowOffset(row), weight.cols(), x, sums, own);
      result[row] = bias.length == 0 ? dot : dot + bias[row];
    }
  }

  private void tile(Product product, int first, int last, WorkerScratch own) {
    Tensor weight = product.weight();
    int cols = weight.cols();
    RowKernel kernel = kernel(weight.type());
    for (int row = first; row < last; row++) {
      kernel.decode(
          weight.data(), weight.rowOffset(row), cols, own.tile, (row - first) * cols, own);
    }
    RegisterTile.multiply(own.tile, last - first, x, batch, cols, product, first, own.lanes);
  }
}
