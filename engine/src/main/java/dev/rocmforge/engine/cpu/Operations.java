package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.compress.LowRank;
import dev.rocmforge.engine.compress.SparseMatrix;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.model.TransformerBlocks;
import dev.rocmforge.engine.session.KvCache;
import dev.rocmforge.engine.session.RopeAngles;

/**
 * The arithmetic of a forward pass. All arrays are row-major with one row a token and may be longer
 * than what is used. One instance belongs to one session; no method allocates.
 */
public interface Operations extends AutoCloseable {
  /** Decodes row {@code tokens[from + i]} of the table into row {@code i} of {@code out}. */
  void embed(Tensor table, int[] tokens, int from, int batch, float[] out);

  /**
   * {@code y = W x + b} for every product; all matrices have the same number of columns.
   *
   * @param x {@code [batch][cols]}
   */
  void multiply(Product[] products, float[] x, int batch);

  /**
   * {@code y += S x}.
   *
   * @param x {@code [batch][cols]}
   * @param y {@code [batch][rows]}
   */
  void addSparse(SparseMatrix matrix, float[] x, int batch, float[] y);

  /**
   * {@code y += U (V x)}.
   *
   * @param x {@code [batch][cols]}
   * @param inner scratch, {@code [batch][rank]}
   * @param y {@code [batch][rows]}
   */
  void addLowRank(LowRank factors, float[] x, int batch, float[] inner, float[] y);

  /**
   * Most rows of a batch that give the bits of single rows. The other operations do so for any
   * batch.
   */
  int exactRows();

  /**
   * {@code y = x / sqrt(mean(x^2) + epsilon) * weight} for each row; {@code y} may be {@code x}.
   *
   * @param x {@code [rows][weight.length]}
   */
  void rmsNorm(float[] x, int rows, float[] weight, float epsilon, float[] y);

  /**
   * Turns the leading pairs of every head in place.
   *
   * @param x {@code [batch][heads][headLength]}
   */
  void rope(float[] x, int batch, int heads, int headLength, RopeAngles angles);

  /**
   * Causal softmax attention: row {@code i} sees positions {@code 0} to {@code position + i}, which
   * the cache holds; scores are scaled by {@code 1 / sqrt(keyLength)}.
   *
   * @param queries {@code [batch][heads][keyLength]}
   * @param out {@code [batch][heads][valueLength]}
   */
  void attention(
      TransformerBlocks shape,
      KvCache cache,
      int layer,
      float[] queries,
      int batch,
      int position,
      float[] out);

  /** {@code out[i] = silu(gate[i]) * up[i]}; {@code out} may be either input. */
  void swiGlu(float[] gate, float[] up, int count, float[] out);

  /** {@code x[i] += y[i]}. */
  void add(float[] x, float[] y, int count);

  /** {@code x[xOffset + i] += factor * y[yOffset + i]}. */
  void addScaled(float[] x, int xOffset, float factor, float[] y, int yOffset, int count);

  /**
   * Causal convolution of each channel over time, bias and SiLU.
   *
   * @param input {@code [batch][2 * innerSize]}: convolution input, then gate
   * @param kernel {@code [innerSize][taps]}, oldest first
   * @param history {@code [taps - 1][innerSize]}, oldest first: the inputs before row 0; updated
   * @param out {@code [batch][innerSize]}
   */
  void convolve(
      MambaBlocks shape,
      float[] input,
      int batch,
      float[] kernel,
      float[] bias,
      float[] history,
      float[] out);

  /** {@code x[i] = log(1 + exp(x[i]))}. */
  void softPlus(float[] x, int count);

  /**
   * Selective scan: {@code h = exp(dt a) h + dt B x}, {@code y = (C h + d x) silu(gate)}.
   *
   * @param x {@code [batch][innerSize]}
   * @param timeStep {@code [batch][innerSize]}
   * @param selection {@code [batch][timeStepRank + 2 stateSize]}: time step, B, C
   * @param input {@code [batch][2 * innerSize]}, whose second half is the gate
   * @param decay a, {@code [innerSize][stateSize]}
   * @param skip d, {@code [innerSize]}
   * @param state h, {@code [innerSize][stateSize]}; updated
   * @param out {@code [batch][innerSize]}
   */
  void scan(
      MambaBlocks shape,
      float[] x,
      float[] timeStep,
      float[] selection,
      float[] input,
      int batch,
      float[] decay,
      float[] skip,
      float[] state,
      float[] out);

  /** Gives back what it holds outside of the Java heap. */
  @Override
  default void close() {}
}
