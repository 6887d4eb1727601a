package dev.rocmforge.engine.model;

import java.util.Optional;

/**
 * {@code y = W x + b}.
 *
 * @param weight the matrix
 * @param bias one value an output
 */
public record Linear(Tensor weight, Optional<Tensor> bias) {
  /** A product without a bias. */
  public static Linear of(Tensor weight) {
    return new Linear(weight, Optional.empty());
  }

  /** Number of outputs; every matrix of a model has fewer than 2^31 rows. */
  public int outputs() {
    return Math.toIntExact(weight.rows());
  }
}
