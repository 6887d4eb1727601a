package dev.rocmforge.engine.cpu.vector;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.cpu.Operations;
import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.RopeAngles;

/**
 * The operations on vectors and several threads. Activations and sums are 32-bit floats; which
 * thread runs a task never changes a result, because a task's sums are its own.
 */
final class VectorOperations implements Operations {
  private final MatrixMultiply matrices;
  private final SparseProduct sparse;
  private final LowRankProduct lowRank;
  private final Attention attention;
  private final Elementwise elementwise;
  private final StateSpace stateSpace;
  private final WorkerScratch own;

  VectorOperations(WorkerPool pool, ModelConfig config, int capacity) {
    int widest = widest(config);
    int group = 0;
    int head = 0;
    if (config.blocks() instanceof TransformerBlocks blocks) {
      group = blocks.headsPerKv();
      head = Math.max(blocks.keyLength(), blocks.valueLength());
    }
    var scratch = new WorkerScratch[pool.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] =
          new WorkerScratch(
              HalfRows.STRETCH,
              Math.max(MatrixMultiply.TILE_ROWS * widest, HalfRows.STRETCH),
              widest,
              capacity,
              group,
              head);
    }
    own = scratch[0];
    matrices = new MatrixMultiply(pool, scratch, widest);
    sparse = new SparseProduct(pool, scratch);
    lowRank = new LowRankProduct(pool, scratch);
    attention = new Attention(pool, scratch, capacity);
    elementwise = new Elementwise(pool);
    stateSpace = new StateSpace(pool);
  }

  /** Columns of the widest matrix. */
  static int widest(ModelConfig config) {
    int inner =
        switch (config.blocks()) {
          case TransformerBlocks blocks ->
              Math.max(
                  blocks.attentionWidth(),
                  switch (blocks.feedForward()) {
                    case FeedForward.Dense dense -> dense.length();
                    case FeedForward.Experts experts ->
                        Math.max(experts.length(), experts.sharedLength());
                  });
          case MambaBlocks blocks -> Math.max(blocks.innerSize(), blocks.timeStepRank());
        };
    return Math.max(inner, config.embeddingLength());
  }

  @Override
  public void embed(Tensor table, int[] tokens, int from, int batch, float[] out) {
    RowKernel kernel = MatrixMultiply.kernel(table.type());
    for (int row = 0; row < batch; row++) {
      long at = table.rowOffset(tokens[from + row]);
      kernel.decode(table.data(), at, table.cols(), out, row * table.cols(), own);
    }
  }

  @Override
  public void multiply(Product[] products, float[] x, int batch) {
    matrices.run(products, x, batch);
  }

  @Override
  public void addSparse(SparseMatrix matrix, float[] x, int batch, float[] y) {
    sparse.run(matrix, x, batch, y);
  }

  @Override
  public void addLowRank(LowRank factors, float[] x, int batch, float[] inner, float[] y) {
    lowRank.run(factors, x, batch, inner, y);
  }

  @Override
  public int exactRows() {
    return MatrixMultiply.FEW;
  }

  @Override
  public void rmsNorm(float[] x, int rows, float[] weight, float epsilon, float[] y) {
    elementwise.rmsNorm(x, rows, weight, epsilon, y);
  }

  @Override
  public void rope(float[] x, int batch, int heads, int headLength, RopeAngles angles) {
    int pairs = angles.pairs();
    boolean adjacent = angles.pairing() == Rope.Pairing.ADJACENT;
    for (int row = 0; row < batch; row++) {
      for (int head = 0; head < heads; head++) {
        int start = (row * heads + head) * headLength;
        if (adjacent) {
          turnAdjacent(x, start, angles, row * pairs, pairs);
        } else {
          turnHalves(x, start, angles, row * pairs, pairs);
        }
      }
    }
  }

  private static void turnHalves(float[] x, int start, RopeAngles angles, int at, int pairs) {
    float[] cosines = angles.cosines();
    float[] sines = angles.sines();
    for (int i = 0; i < pairs; i++) {
      float a = x[start + i];
      float b = x[start + pairs + i];
      x[start + i] = a * cosines[at + i] - b * sines[at + i];
      x[start + pairs + i] = a * sines[at + i] + b * cosines[at + i];
    }
  }

  private static void turnAdjacent(float[] x, int start, RopeAngles angles, int at, int pairs) {
    float[] cosines = angles.cosines();
    float[] sines = angles.sines();
    for (int i = 0; i < pairs; i++) {
      float a = x[start + 2 * i];
      float b = x[start + 2 * i + 1];
      x[start + 2 * i] = a * cosines[at + i] - b * sines[at + i];
      x[start + 2 * i + 1] = a * sines[at + i] + b * cosines[at + i];
    }
  }

  @Override
  public void attention(
      TransformerBlocks shape,
      KvCache cache,
      int layer,
      float[] queries,
      int batch,
      int position,
      float[] out) {
    attention.run(shape, cache, layer, queries, batch, position, out);
  }

  @Override
  public void swiGlu(float[] gate, float[] up, int count, float[] out) {
    elementwise.swiGlu(gate, up, count, out);
  }

  @Override
  public void add(float[] x, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void addScaled(float[] x, int xOffset, float factor, float[] y, int yOffset, int count) {
    Lanes.addScaled(x, xOffset, factor, y, yOffset, count);
  }

  @Override
  public void convolve(
      MambaBlocks shape,
      float[] input,
      int batch,
      float[] kernel,
      float[] bias,
      float[] history,
      float[] out) {
    stateSpace.convolve(shape, input, batch, kernel, bias, history, out);
  }

  @Override
  public void softPlus(float[] x, int count) {
    elementwise.softPlus(x, count);
  }

  @Override
  public void scan(
      MambaBlocks shape,
      float[] x,
      float[] timeStep,
      float[] selection,
      float[] input,
      int batch,
      float[] decay,
      float[] skip,
      float[] state,
      float[] out) {
    stateSpace.scan(shape, x, timeStep, selection, input, batch, decay, skip, state, out);
  }

  @Override
  public void close() {
    matrices.close();
  }
}
