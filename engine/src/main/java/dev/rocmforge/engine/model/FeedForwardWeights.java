package dev.rocmforge.engine.model;

import java.util.Optional;

/** Weights of the feed-forward half of a transformer block. */
public sealed interface FeedForwardWeights {
  /** {@code down(silu(gate x) * up x)}. */
  record Dense(Linear gate, Linear up, Linear down) implements FeedForwardWeights {}

  /**
   * Stacks of experts: rows {@code e * n} to {@code (e + 1) * n - 1} belong to expert {@code e}.
   *
   * @param router one row an expert
   * @param gate stack of gate matrices
   * @param up stack of up matrices
   * @param down stack of down matrices
   * @param shared the expert that always runs
   */
  record Experts(Tensor router, Matrix gate, Matrix up, Matrix down, Optional<Shared> shared)
      implements FeedForwardWeights {}

  /**
   * The expert that always runs; its result is multiplied by {@code sigmoid(router x)}.
   *
   * @param router one row
   * @param expert its matrices
   */
  record Shared(Tensor router, Dense expert) {}
}
