package dev.rocmforge.validation.model;

/** How far two rows of logits lie apart. */
public final class LogitsDistance {
  private LogitsDistance() {}

  /** Norm of the difference over the norm of the reference, in double; NaN where either has one. */
  public static double relative(float[] found, float[] reference) {
    if (found.length != reference.length) {
      throw new AssertionError(found.length + " and " + reference.length + " logits");
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < reference.length; i++) {
      double d = (double) found[i] - reference[i];
      difference += d * d;
      norm += (double) reference[i] * reference[i];
    }
    return Math.sqrt(difference / norm);
  }
}
