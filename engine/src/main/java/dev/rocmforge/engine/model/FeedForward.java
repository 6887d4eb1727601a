package dev.rocmforge.engine.model;

/** The feed-forward half of a transformer block; always gated with SiLU. */
public sealed interface FeedForward {
  /**
   * One gate, one up and one down matrix.
   *
   * @param length inner width
   */
  record Dense(int length) implements FeedForward {}

  /**
   * A router picks some of many small feed-forward parts for each token: softmax over all experts,
   * then the {@code used} largest, ties to the lower expert.
   *
   * @param count experts in a layer
   * @param used experts that run for a token
   * @param length inner width of an expert
   * @param sharedLength inner width of the expert that always runs behind a sigmoid gate; 0 if the
   *     model has none
   * @param renormalise whether the chosen probabilities are divided by their sum
   * @param scale factor on the chosen probabilities
   */
  record Experts(
      int count, int used, int length, int sharedLength, boolean renormalise, float scale)
      implements FeedForward {}
}
