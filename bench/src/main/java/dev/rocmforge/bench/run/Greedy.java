package dev.rocmforge.bench.run;

/** The likeliest token without the cost of a sampler. */
final class Greedy {
  private Greedy() {}

  /** Index of the largest logit, the lowest of equals; NaN is never chosen. */
  static int of(float[] logits) {
    int best = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > most) {
        most = logits[i];
        best = i;
      }
    }
    return best;
  }
}
