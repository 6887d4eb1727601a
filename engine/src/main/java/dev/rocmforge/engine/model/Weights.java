package dev.rocmforge.engine.model;

import java.util.List;
import java.util.Optional;

/**
 * All weights of a model where they lie in the mapped file. Immutable; valid while the model is
 * open.
 *
 * @param embeddings one row a token
 * @param outputNorm weights of the last norm
 * @param output the head, one row a token; the embeddings themselves when tied
 * @param ropeFactors divisors of the rotary frequencies, one a pair
 * @param layers one entry a block, in order
 */
public record Weights(
    Tensor embeddings,
    Tensor outputNorm,
    Tensor output,
    Optional<Tensor> ropeFactors,
    List<LayerWeights> layers) {
  public Weights {
    layers = List.copyOf(layers);
  }

  /** Whether the head is the embedding table. */
  public boolean tied() {
    return output.data().equals(embeddings.data());
  }
}
