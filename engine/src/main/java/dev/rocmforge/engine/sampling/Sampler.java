package dev.rocmforge.engine.sampling;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Chooses the next token from logits, in the steps that {@link SamplerOptions} names. Owns its
 * scratch memory and its random numbers: one sampler, one generation, one thread. Allocates nothing
 * after construction. Probabilities are computed in double.
 */
public final class Sampler {
  private final SamplerOptions options;
  private final RandomGenerator random;
  private final RecentTokens recent;
  private final Candidates candidates;
  private final int vocabularySize;

  /** A sampler for logits of {@code vocabularySize} entries. */
  public Sampler(SamplerOptions options, int vocabularySize) {
    this.options = options;
    this.vocabularySize = vocabularySize;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed());
    this.recent = new RecentTokens(options.repetitionWindow(), vocabularySize);
    this.candidates = new Candidates(vocabularySize);
  }

  public SamplerOptions options() {
    return options;
  }

  /**
   * Notes a token of the prompt or of the output for the repetition penalty. {@link #sample} does
   * not note its own choice: the caller may still reject it.
   */
  public void accept(int token) {
    if (token < 0 || token >= vocabularySize) {
      throw new InputException(
          "sampling: token " + token + " outside the vocabulary of " + vocabularySize);
    }
    recent.add(token);
  }

  /** As {@link #accept(int)}, in order. */
  public void accept(int[] tokens) {
    for (int token : tokens) {
      accept(token);
    }
  }

  /**
   * Chooses a token.
   *
   * @param logits vocabulary-sized and left unchanged; negative infinity bars a token
   * @throws InputException if a logit is NaN or positive infinity, or all are negative infinity
   */
  public int sample(float[] logits) {
    check(logits);
    if (options.greedy()) {
      return likeliest(logits);
    }
    narrow(logits);
    return candidates.draw(random.nextDouble());
  }

  /**
   * The distribution that {@link #sample} draws from, all steps applied; greedy puts everything on
   * one token. Draws no random number.
   *
   * @param logits as in {@link #sample}
   * @param probabilities vocabulary-sized, overwritten; sums to 1 within rounding
   */
  public void distribution(float[] logits, double[] probabilities) {
    check(logits);
    Arrays.fill(probabilities, 0);
    if (options.greedy()) {
      probabilities[likeliest(logits)] = 1;
      return;
    }
    narrow(logits);
    candidates.probabilities(probabilities);
  }

  /**
   * Draws an index with chance proportional to its weight, from this sampler's random numbers; for
   * rejection sampling of drafted tokens.
   *
   * @param weights not negative, not all 0
   */
  public int draw(double[] weights) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    if (!(total > 0) || Double.isInfinite(total)) {
      throw new InputException("sampling: the weights sum to " + total);
    }
    double rest = random.nextDouble() * total;
    int last = -1;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        rest -= weights[i];
        if (rest < 0) {
          break;
        }
      }
    }
    return last;
  }

  /** The next random number in [0, 1), of the same sequence that {@link #sample} uses. */
  public double uniform() {
    return random.nextDouble();
  }

  private void narrow(float[] logits) {
    candidates.begin();
    double max = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < vocabularySize; id++) {
      max = Math.max(max, penalised(logits, id));
    }
    for (int id = 0; id < vocabularySize; id++) {
      double logit = penalised(logits, id);
      if (logit != Double.NEGATIVE_INFINITY) {
        // Differences first: a tiny temperature then gives exp(-large) = 0, never infinity.
        candidates.add(id, Math.exp((logit - max) / options.temperature()));
      }
    }
    candidates.keepBest(options.topK());
    candidates.keepMass(options.topP());
    candidates.keepAtLeast(options.minP());
  }

  private int likeliest(float[] logits) {
    int best = 0;
    double max = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < vocabularySize; id++) {
      double logit = penalised(logits, id);
      if (logit > max) {
        max = logit;
        best = id;
      }
    }
    return best;
  }

  private double penalised(float[] logits, int id) {
    double logit = logits[id];
    if (options.repetitionPenalty() == 1 || !recent.contains(id)) {
      return logit;
    }
    return logit > 0 ? logit / options.repetitionPenalty() : logit * options.repetitionPenalty();
  }

  private void check(float[] logits) {
    if (logits.length != vocabularySize) {
      throw new InputException(
          "sampling: " + logits.length + " logits for a vocabulary of " + vocabularySize);
    }
    float max = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      // NaN fails every comparison, so this one test finds NaN and positive infinity.
      if (!(logits[id] < Float.POSITIVE_INFINITY)) {
        throw new InputException("sampling: the logit of token " + id + " is " + logits[id]);
      }
      max = Math.max(max, logits[id]);
    }
    if (max == Float.NEGATIVE_INFINITY) {
      throw new InputException("sampling: all " + vocabularySize + " logits are negative infinity");
    }
  }
}
