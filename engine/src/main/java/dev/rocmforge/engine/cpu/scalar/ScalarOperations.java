package dev.rocmforge.engine.cpu.scalar;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.cpu.Operations;
import dev.rocmforge.engine.cpu.Product;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.RopeAngles;

/**
 * Every operation as its formula reads: activations are stored as float, every sum runs in double
 * from the first element to the last.
 */
final class ScalarOperations implements Operations {
  /** One decoded row of a matrix; as wide as the widest. */
  private float[] weights = new float[0];

  private final ScalarAttention attention;

  /**
   * @param capacity most positions that attention looks at
   */
  ScalarOperations(ModelConfig config, int capacity) {
    attention =
        switch (config.blocks()) {
          case TransformerBlocks blocks -> new ScalarAttention(blocks, capacity);
          case MambaBlocks _ -> null;
        };
  }

  @Override
  public void embed(Tensor table, int[] tokens, int from, int batch, float[] out) {
    for (int row = 0; row < batch; row++) {
      table.decodeRow(tokens[from + row], out, row * table.cols());
    }
  }

  @Override
  public void multiply(Product[] products, float[] x, int batch) {
    for (Product product : products) {
      multiply(product, x, batch);
    }
  }

  @Override
  public void addSparse(SparseMatrix matrix, float[] x, int batch, float[] y) {
    int[] starts = matrix.rowStarts();
    int[] columns = matrix.columnIndices();
    float[] values = matrix.storedValues();
    for (int token = 0; token < batch; token++) {
      for (int row = 0; row < matrix.rows(); row++) {
        double sum = y[token * matrix.rows() + row];
        for (int i = starts[row]; i < starts[row + 1]; i++) {
          sum += (double) values[i] * x[token * matrix.cols() + columns[i]];
        }
        y[token * matrix.rows() + row] = (float) sum;
      }
    }
  }

  @Override
  public void addLowRank(LowRank factors, float[] x, int batch, float[] inner, float[] y) {
    int rows = factors.rows();
    int cols = factors.cols();
    int rank = factors.rank();
    float[] u = factors.columnsOfU();
    float[] v = factors.rowsOfV();
    for (int token = 0; token < batch; token++) {
      for (int k = 0; k < rank; k++) {
        double sum = 0;
        for (int col = 0; col < cols; col++) {
          sum += (double) v[k * cols + col] * x[token * cols + col];
        }
        inner[token * rank + k] = (float) sum;
      }
      for (int row = 0; row < rows; row++) {
        double sum = y[token * rows + row];
        for (int k = 0; k < rank; k++) {
          sum += (double) u[k * rows + row] * inner[token * rank + k];
        }
        y[token * rows + row] = (float) sum;
      }
    }
  }

  @Override
  public int exactRows() {
    return Integer.MAX_VALUE;
  }

  private void multiply(Product product, float[] x, int batch) {
    int cols = product.cols();
    int rows = product.rows();
    if (weights.length < cols) {
      weights = new float[cols];
    }
    float[] result = product.result();
    float[] bias = product.bias();
    for (int row = 0; row < rows; row++) {
      product.weight().decodeRow(row, weights, 0);
      for (int i = 0; i < batch; i++) {
        double sum = bias.length == 0 ? 0 : bias[row];
        for (int k = 0; k < cols; k++) {
          sum += (double) weights[k] * x[i * cols + k];
        }
        result[i * rows + row] = (float) sum;
      }
    }
  }

  @Override
  public void rmsNorm(float[] x, int rows, float[] weight, float epsilon, float[] y) {
    int cols = weight.length;
    for (int row = 0; row < rows; row++) {
      int start = row * cols;
      double squares = 0;
      for (int i = 0; i < cols; i++) {
        squares += (double) x[start + i] * x[start + i];
      }
      double factor = 1 / Math.sqrt(squares / cols + epsilon);
      for (int i = 0; i < cols; i++) {
        y[start + i] = (float) (x[start + i] * factor * weight[i]);
      }
    }
  }

  @Override
  public void rope(float[] x, int batch, int heads, int headLength, RopeAngles angles) {
    int pairs = angles.pairs();
    boolean adjacent = angles.pairing() == Rope.Pairing.ADJACENT;
    for (int row = 0; row < batch; row++) {
      for (int head = 0; head < heads; head++) {
        int start = (row * heads + head) * headLength;
        for (int i = 0; i < pairs; i++) {
          int first = adjacent ? start + 2 * i : start + i;
          int second = adjacent ? first + 1 : first + pairs;
          double cos = angles.cosines()[row * pairs + i];
          double sin = angles.sines()[row * pairs + i];
          double a = x[first];
          double b = x[second];
          x[first] = (float) (a * cos - b * sin);
          x[second] = (float) (a * sin + b * cos);
        }
      }
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
    for (int row = 0; row < batch; row++) {
      for (int head = 0; head < shape.heads(); head++) {
        attention.attend(shape, cache, layer, queries, row, head, position + row + 1, out);
      }
    }
  }

  private static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  @Override
  public void swiGlu(float[] gate, float[] up, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (float) (silu(gate[i]) * up[i]);
    }
  }

  @Override
  public void add(float[] x, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void addScaled(float[] x, int xOffset, float factor, float[] y, int yOffset, int count) {
    for (int i = 0; i < count; i++) {
      x[xOffset + i] = (float) (x[xOffset + i] + (double) factor * y[yOffset + i]);
    }
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
    int inner = shape.innerSize();
    int taps = shape.convolutionKernel();
    for (int row = 0; row < batch; row++) {
      for (int channel = 0; channel < inner; channel++) {
        double sum = bias[channel];
        for (int tap = 0; tap < taps - 1; tap++) {
          sum += (double) kernel[channel * taps + tap] * history[tap * inner + channel];
        }
        double now = input[row * 2 * inner + channel];
        sum += kernel[channel * taps + taps - 1] * now;
        out[row * inner + channel] = (float) silu(sum);
      }
      if (taps > 1) {
        System.arraycopy(history, inner, history, 0, (taps - 2) * inner);
        System.arraycopy(input, row * 2 * inner, history, (taps - 2) * inner, inner);
      }
    }
  }

  @Override
  public void softPlus(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      double value = x[i];
      // log(1 + e^x) = x + log(1 + e^-x): e^x overflows for large x, e^-|x| never does.
      x[i] = (float) (Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))));
    }
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
    int inner = shape.innerSize();
    int states = shape.stateSize();
    int selected = shape.timeStepRank() + 2 * states;
    for (int row = 0; row < batch; row++) {
      int b = row * selected + shape.timeStepRank();
      int c = b + states;
      for (int channel = 0; channel < inner; channel++) {
        double value = x[row * inner + channel];
        double step = timeStep[row * inner + channel];
        double sum = skip[channel] * value;
        for (int s = 0; s < states; s++) {
          int at = channel * states + s;
          double h = Math.exp(step * decay[at]) * state[at] + step * selection[b + s] * value;
          state[at] = (float) h;
          sum += selection[c + s] * h;
        }
        double gate = input[row * 2 * inner + inner + channel];
        out[row * inner + channel] = (float) (sum * silu(gate));
      }
    }
  }
}
