package dev.rocmforge.validation.model;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Session;
import java.util.Arrays;

/**
 * How far a session's predictions lie from a reference's over a text: Kullback-Leibler divergence
 * of the next token's distribution (reference first), and the perplexity of both. Both run side by
 * side, some tokens at a time, so that no logits are kept beyond those.
 *
 * @param predictions positions compared
 * @param mean divergence in nats
 * @param standardError of the mean
 * @param percentile99 of the divergence
 * @param most largest divergence
 * @param sameTop share of positions where both find the same token likeliest
 * @param nll mean negative log-likelihood of the text, in nats
 * @param referenceNll the same of the reference
 * @param rms root mean square of the reference's logits about the mean of each row
 */
public record Divergence(
    int predictions,
    double mean,
    double standardError,
    double percentile99,
    double most,
    double sameTop,
    double nll,
    double referenceNll,
    double rms) {
  private static final int PIECE = 16;

  /**
   * Measures the first windows of a text; windows know nothing of each other.
   *
   * @param subject rewound to 0 before each window
   * @param reference rewound likewise
   * @param stepwise whether the subject runs token by token, as in decoding
   * @throws InputException if the text is too short
   */
  public static Divergence of(
      Session subject, Session reference, int[] tokens, int window, int windows, boolean stepwise) {
    int needed = Math.addExact(Math.multiplyExact(window, windows), 1);
    if (tokens.length < needed) {
      throw new InputException(
          "divergence: %d windows of %d tokens and one more need %d tokens, the text has %d"
              .formatted(windows, window, needed, tokens.length));
    }
    Sums sums = new Sums(window * windows);
    for (int w = 0; w < windows; w++) {
      subject.rewind(0);
      reference.rewind(0);
      for (int from = 0; from < window; from += PIECE) {
        int begin = w * window + from;
        int count = Math.min(PIECE, window - from);
        piece(subject, reference, tokens, begin, count, stepwise, sums);
      }
    }
    return sums.result();
  }

  private static void piece(
      Session subject,
      Session reference,
      int[] tokens,
      int begin,
      int count,
      boolean stepwise,
      Sums sums) {
    int[] piece = Arrays.copyOfRange(tokens, begin, begin + count);
    float[][] rows = new float[count][];
    int first = reference.position();
    reference.forward(piece, (position, logits) -> rows[position - first] = logits.clone());
    if (stepwise) {
      for (int i = 0; i < count; i++) {
        sums.add(subject.step(piece[i]), rows[i], tokens[begin + i + 1]);
      }
    } else {
      subject.forward(
          piece,
          (position, logits) ->
              sums.add(logits, rows[position - first], tokens[begin + position - first + 1]));
    }
  }

  /** e to the mean negative log-likelihood of the text. */
  public double perplexity() {
    return Math.exp(nll);
  }

  public double referencePerplexity() {
    return Math.exp(referenceNll);
  }

  /** What is added up over positions. */
  private static final class Sums {
    private final double[] divergences;
    private int count;
    private int sameTop;
    private double nll;
    private double referenceNll;
    private double squares;

    Sums(int positions) {
      divergences = new double[positions];
    }

    void add(float[] found, float[] expected, int next) {
      double ours = logSum(found);
      double theirs = logSum(expected);
      double divergence = 0;
      double mean = 0;
      double square = 0;
      int top = 0;
      int expectedTop = 0;
      for (int i = 0; i < expected.length; i++) {
        double log = expected[i] - theirs;
        divergence += Math.exp(log) * (log - (found[i] - ours));
        mean += expected[i];
        square += (double) expected[i] * expected[i];
        top = found[i] > found[top] ? i : top;
        expectedTop = expected[i] > expected[expectedTop] ? i : expectedTop;
      }
      mean /= expected.length;
      squares += square / expected.length - mean * mean;
      divergences[count++] = divergence;
      sameTop += top == expectedTop ? 1 : 0;
      nll += ours - found[next];
      referenceNll += theirs - expected[next];
    }

    private static double logSum(float[] logits) {
      double max = Double.NEGATIVE_INFINITY;
      for (float logit : logits) {
        max = Math.max(max, logit);
      }
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit - max);
      }
      return max + Math.log(sum);
    }

    Divergence result() {
      double mean = Arrays.stream(divergences).average().orElseThrow();
      double variance =
          Arrays.stream(divergences).map(d -> (d - mean) * (d - mean)).sum()
              / Math.max(1, count - 1);
      double[] sorted = divergences.clone();
      Arrays.sort(sorted);
      return new Divergence(
          count,
          mean,
          Math.sqrt(variance / count),
          sorted[(int) (0.99 * (count - 1))],
          sorted[count - 1],
          (double) sameTop / count,
          nll / count,
          referenceNll / count,
          Math.sqrt(squares / count));
    }
  }
}
