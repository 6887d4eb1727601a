package dev.rocmforge.validation.model;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Session;
import java.util.Arrays;

/**
 * How surprised a model is by a text: e to the mean negative log-likelihood of its tokens. The text
 * is cut into windows of equal length that know nothing of each other; in each window every token
 * from the second on is predicted from those before it, and the token after the window from the
 * whole window, so that a window of n tokens makes n predictions.
 *
 * @param window tokens in a window
 * @param predictions predicted tokens
 * @param nllPerToken mean negative log-likelihood in nats, summed in double in the text's order
 */
public record Perplexity(int window, int predictions, double nllPerToken) {

  /**
   * Measures the first {@code windows} windows of a text.
   *
   * @param session rewound to 0 before each window; must have room for a window
   * @param tokens the text
   * @throws InputException if the text is too short or a window does not fit the session
   */
  public static Perplexity of(Session session, int[] tokens, int window, int windows) {
    if (window < 1 || windows < 1) {
      throw new InputException(
          "perplexity: at least 1 window of 1 token needed, %d of %d given"
              .formatted(windows, window));
    }
    if (window > session.capacity()) {
      throw new InputException(
          "perplexity: windows of %d tokens, the context holds %d"
              .formatted(window, session.capacity()));
    }
    long needed = (long) window * windows + 1;
    if (tokens.length < needed) {
      throw new InputException(
          "perplexity: %d windows of %d tokens and one more need %d tokens, the text has %d"
              .formatted(windows, window, needed, tokens.length));
    }
    double[] sum = {0};
    for (int w = 0; w < windows; w++) {
      int from = w * window;
      session.rewind(0);
      session.forward(
          Arrays.copyOfRange(tokens, from, from + window),
          (position, logits) -> sum[0] += surprise(logits, tokens[from + position + 1]));
    }
    int predictions = window * windows;
    return new Perplexity(window, predictions, sum[0] / predictions);
  }

  /** Windows that a text of {@code tokens} tokens has, with the token that follows the last. */
  public static int windowsIn(int tokens, int window) {
    return Math.max(0, (tokens - 1) / window);
  }

  /** Negative logarithm of the probability that the logits give to {@code token}, in nats. */
  static double surprise(float[] logits, int token) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum) - logits[token];
  }

  /** e to the mean negative log-likelihood. */
  public double value() {
    return Math.exp(nllPerToken);
  }
}
