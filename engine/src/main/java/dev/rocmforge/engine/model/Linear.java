package dev.rocmforge.engine.model;

import java.util.Optional;

/**
 * {@code y = W x + b}.
 *
 * @param matrix W
 * @param bias one value an output
 */
public record Linear(Matrix matrix, Optional<Tensor> bias) {
  /** A product without a bias. */
  public static Linear of(Matrix matrix) {
    return new Linear(matrix, Optional.empty());
  }

  /** W as blocks of a type; a bug where it is compressed. */
  public Tensor weight() {
    return matrix.plain();
  }

  /** Number of outputs; every matrix of a model has fewer than 2^31 rows. */
  public int outputs() {
    return Math.toIntExact(matrix.rows());
  }
}
