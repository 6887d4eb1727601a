package dev.rocmforge.validation.numeric;

/** Kullback-Leibler divergence of two next-token distributions given as logits. */
public final class Divergence {
  private Divergence() {}

  /** KL(p || q) in nats: the sum of p (log p - log q), in double; 0 for equal logits. */
  public static double ofLogits(float[] p, float[] q) {
    double logP = logOfSum(p);
    double logQ = logOfSum(q);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double log = p[i] - logP;
      sum += Math.exp(log) * (log - (q[i] - logQ));
    }
    return sum;
  }

  /** log(sum of exp), shifted by the largest. */
  private static double logOfSum(float[] logits) {
    double most = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      most = Math.max(most, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - most);
    }
    return most + Math.log(sum);
  }
}
