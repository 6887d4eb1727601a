package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.util.EnumMap;
import java.util.Map;

/**
 * Products of weight matrices with one row or a batch of activations, cut into stretches of weight
 * rows. One row: every weight row is multiplied as it is read. A few: a weight row is taken apart
 * once, and each product has the bits of a single one. A batch: a tile of weight rows is decoded
 * once and multiplied with all activations, turned around, in blocks of registers.
 */
final class MatrixMultiply implements WorkerPool.Work {
  /** Most rows of activations that are a few. */
  static final int FEW = 8;

  /** Weight rows decoded at a time. */
  static final int TILE_ROWS = 2 * RegisterTile.ROWS;

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
  private final TokenPanels panels;
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
    this.panels = new TokenPanels(pool);
    this.sums = new float[FEW * (widest / RowKernel.GROUP)];
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
    if (rows <= FEW) {
      sumGroups(all[0].cols());
    } else {
      panels.fill(activations, rows, all[0].cols());
    }
    pool.run(this, tasks);
  }

  /** Row by row; columns beyond the last whole group belong to formats without offsets. */
  private void sumGroups(int cols) {
    int groups = cols / RowKernel.GROUP;
    for (int i = 0; i < batch * groups; i++) {
      int from = i / groups * cols + i % groups * RowKernel.GROUP;
      float sum = 0;
      for (int j = from; j < from + RowKernel.GROUP; j++) {
        sum += x[j];
      }
      sums[i] = sum;
    }
  }

  private int rowsPerTask(Product product) {
    if (batch > FEW) {
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
    } else if (batch <= FEW) {
      few(product, first, last, scratch[worker]);
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

  private void few(Product product, int first, int last, WorkerScratch own) {
    Tensor weight = product.weight();
    int cols = weight.cols();
    RowKernel kernel = kernel(weight.type());
    float[] result = product.result();
    float[] bias = product.bias();
    for (int row = first; row < last; row++) {
      kernel.dots(weight.data(), weight.rowOffset(row), cols, x, batch, sums, own.dots, own);
      for (int b = 0; b < batch; b++) {
        float dot = own.dots[b];
        result[b * product.rows() + row] = bias.length == 0 ? dot : dot + bias[row];
      }
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
    RegisterTile.multiply(
        own.tile, last - first, panels.values(), batch, cols, product, first, own.lanes);
  }
}
