package dev.rocmforge.engine.model;

import java.util.Optional;

/** Weights of one block. */
public sealed interface LayerWeights {
  /**
   * A transformer block.
   *
   * @param attention first half
   * @param feedForwardNorm norm in front of the second half
   * @param feedForward second half
   */
  record Transformer(Attention attention, Tensor feedForwardNorm, FeedForwardWeights feedForward)
      implements LayerWeights {}

  /**
   * The attention half of a transformer block.
   *
   * @param norm norm in front
   * @param query to all query heads
   * @param key to all key heads
   * @param value to all value heads
   * @param output back to the residual width
   * @param queryNorm weights of the norm of one query head
   * @param keyNorm weights of the norm of one key head
   */
  record Attention(
      Tensor norm,
      Linear query,
      Linear key,
      Linear value,
      Linear output,
      Optional<Tensor> queryNorm,
      Optional<Tensor> keyNorm) {}

  /**
   * A Mamba block.
   *
   * @param norm norm in front
   * @param input to the convolution's input and the gate, {@code 2 * innerSize} rows
   * @param convolution {@code [innerSize][kernel]}, oldest tap first, with its bias
   * @param select to time step, B and C: {@code timeStepRank + 2 * stateSize} rows
   * @param timeStep from the low-rank time step to one a channel, with its bias
   * @param decay {@code [innerSize][stateSize]}, already negative: {@code -exp(A_log)}
   * @param skip one factor a channel
   * @param output back to the residual width
   */
  record Mamba(
      Tensor norm,
      Linear input,
      Linear convolution,
      Linear select,
      Linear timeStep,
      Tensor decay,
      Tensor skip,
      Linear output)
      implements LayerWeights {}
}
