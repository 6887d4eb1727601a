package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.quant.QuantType;
import java.util.EnumMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/**
 * Products of weight matrices with one row or a batch of activations, cut into stretches of weight
 * rows. One row and a few: matrices lie in panels of rows where their format has them, {@link
 * PackedWeights}, else every weight row is multiplied as it is read; each product of a few has the
 * bits of a single one. A batch: a tile of weight rows is decoded once and multiplied with all
 * activations, turned around, in blocks of registers.
 */
final class MatrixMultiply implements WorkerPool.Work, AutoCloseable {
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
  private final PackedWeights packed;
  private final Map<PanelKind, PanelInputs> inputs = new EnumMap<>(PanelKind.class);
  private final int widest;
  private final float[] sums;
  private Product[] products;
  private float[] x;
  private int batch;
  private long runs;

  /**
   * @param widest columns of the widest matrix
   */
  MatrixMultiply(WorkerPool pool, WorkerScratch[] scratch, int widest) {
    this.pool = pool;
    this.scratch = scratch;
    this.widest = widest;
    this.packed = new PackedWeights(pool, VectorBackend.copyLimit());
    this.panels = new TokenPanels(pool);
    for (PanelKind kind : PanelKind.values()) {
      inputs.put(kind, new PanelInputs(kind.words()));
    }
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
    int cols = all[0].cols();
    if (rows <= FEW) {
      packed.add(all);
      fillInputs(cols);
    } else {
      panels.fill(activations, rows, cols);
    }
    int tasks = 0;
    for (Product product : all) {
      tasks += tasks(product);
    }
    pool.run(this, tasks);
  }

  private void fillInputs(int cols) {
    runs++;
    boolean summed = false;
    for (Product product : products) {
      PackedMatrix matrix = packed.get(product.weight());
      if (!summed && (matrix == null || matrix.layout().format().offsets())) {
        sumGroups(cols);
        summed = true;
      }
      if (matrix != null) {
        inputs.get(matrix.layout().format().kind()).fill(runs, x, batch, cols, widest);
      }
    }
  }

  /** Row by row; columns beyond the last whole group belong to formats without offsets. */
  private void sumGroups(int cols) {
    int groups = cols / RowKernel.GROUP;
    for (int i = 0; i < batch * groups; i++) {
      int from = i / groups * cols + i % groups * RowKernel.GROUP;
      FloatVector sum = Lanes.load(x, from);
      for (int j = Lanes.COUNT; j < RowKernel.GROUP; j += Lanes.COUNT) {
        sum = sum.add(Lanes.load(x, from + j));
      }
      sums[i] = Lanes.sum(sum);
    }
  }

  private int rowsPerTask(Product product) {
    if (batch > FEW) {
      return TILE_ROWS;
    }
    return Math.clamp(TASK_BYTES / product.weight().rowBytes(), 1, 1024);
  }

  /** The panels of a matrix where this batch runs them, else null. */
  private PackedMatrix packed(Product product) {
    return batch <= FEW ? packed.get(product.weight()) : null;
  }

  private int tasks(Product product) {
    PackedMatrix matrix = packed(product);
    if (matrix != null) {
      return matrix.tasks();
    }
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
    PackedMatrix matrix = packed(product);
    if (matrix != null) {
      PanelInputs ready = inputs.get(matrix.layout().format().kind());
      matrix.run(left, ready, sums, batch, product, scratch[worker].panel);
      return;
    }
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

  /** Gives back the copies of weights. */
  @Override
  public void close() {
    packed.close();
  }
}
