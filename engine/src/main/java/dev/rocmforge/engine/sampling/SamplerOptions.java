package dev.rocmforge.engine.sampling;

import dev.rocmforge.engine.InputException;

/**
 * How the next token is chosen. The steps run in the order of the components: penalty, temperature,
 * top-k, top-p, min-p, draw.
 *
 * @param repetitionPenalty above 0; logits of tokens seen in the window are divided by it when
 *     positive and multiplied when negative; 1 is off
 * @param repetitionWindow how many of the latest tokens count as seen; 0 is off
 * @param temperature 0 or more; 0 is greedy: the highest logit after the penalty, the lowest id of
 *     equals, and none of the later steps
 * @param topK keep the k likeliest; 0 is off
 * @param topP in (0, 1]: keep the fewest likeliest tokens whose probabilities reach it; 1 is off
 * @param minP in [0, 1]: keep tokens at least this fraction as likely as the likeliest; 0 is off
 * @param seed of the random numbers; the same seed and logits give the same tokens
 */
public record SamplerOptions(
    double repetitionPenalty,
    int repetitionWindow,
    double temperature,
    int topK,
    double topP,
    double minP,
    long seed) {
  /** The likeliest token, always. */
  public static final SamplerOptions GREEDY = new SamplerOptions(1, 64, 0, 0, 1, 0, 0);

  /** What the command line starts from: temperature 1, top-p 0.9. */
  public static final SamplerOptions DEFAULT = new SamplerOptions(1, 64, 1, 0, 0.9, 0, 0);

  public SamplerOptions {
    require(
        repetitionPenalty > 0 && finite(repetitionPenalty),
        "repetition penalty",
        "above 0",
        repetitionPenalty);
    require(repetitionWindow >= 0, "repetition window", "0 or more", repetitionWindow);
    require(temperature >= 0 && finite(temperature), "temperature", "0 or more", temperature);
    require(topK >= 0, "top-k", "0 or more", topK);
    require(topP > 0 && topP <= 1, "top-p", "above 0 and at most 1", topP);
    require(minP >= 0 && minP <= 1, "min-p", "between 0 and 1", minP);
  }

  private static boolean finite(double value) {
    return !Double.isInfinite(value);
  }

  private static void require(boolean holds, String name, String range, Number value) {
    if (!holds) {
      throw new InputException("sampling: " + name + " must be " + range + ", given " + value);
    }
  }

  /** True if no random number is ever drawn. */
  public boolean greedy() {
    return temperature == 0;
  }

  public SamplerOptions withTemperature(double value) {
    return new SamplerOptions(repetitionPenalty, repetitionWindow, value, topK, topP, minP, seed);
  }

  public SamplerOptions withTopK(int value) {
    return new SamplerOptions(
        repetitionPenalty, repetitionWindow, temperature, value, topP, minP, seed);
  }

  public SamplerOptions withTopP(double value) {
    return new SamplerOptions(
        repetitionPenalty, repetitionWindow, temperature, topK, value, minP, seed);
  }

  public SamplerOptions withMinP(double value) {
    return new SamplerOptions(
        repetitionPenalty, repetitionWindow, temperature, topK, topP, value, seed);
  }

  public SamplerOptions withRepetition(double penalty, int window) {
    return new SamplerOptions(penalty, window, temperature, topK, topP, minP, seed);
  }

  public SamplerOptions withSeed(long value) {
    return new SamplerOptions(
        repetitionPenalty, repetitionWindow, temperature, topK, topP, minP, value);
  }
}
