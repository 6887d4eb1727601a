package dev.rocmforge.engine.cpu;

import dev.rocmforge.engine.model.Linear;
import dev.rocmforge.engine.model.Tensor;

/**
 * A matrix together with where its products go; made once a session so that a pass allocates
 * nothing. Immutable except for the result's contents.
 */
public final class Product {
  private static final float[] NO_BIAS = {};

  private final Tensor weight;
  private final float[] bias;
  private final float[] result;

  /**
   * @param linear matrix and bias
   * @param result receives {@code [batch][rows]}
   */
  public Product(Linear linear, float[] result) {
    this.weight = linear.weight();
    this.bias = linear.bias().map(Tensor::decode).orElse(NO_BIAS);
    this.result = result;
  }

  /** The matrix. */
  public Tensor weight() {
    return weight;
  }

  /** One value a row of the matrix, or empty. */
  public float[] bias() {
    return bias;
  }

  /** Receives {@code [batch][rows]}. */
  public float[] result() {
    return result;
  }

  /** Rows of the matrix. */
  public int rows() {
    return (int) weight.rows();
  }

  /** Columns of the matrix. */
  public int cols() {
    return weight.cols();
  }
}
