package dev.rocmforge.engine.cpu;

/**
 * The documented AdaState: attention scores are divided by {@code 0.1 norm(q) + 0.9}, with the
 * Euclidean norm of the query head after rotation. Scores are linear in the query, so the head is
 * divided itself, of one token as of many.
 */
final class AdaState {
  private static final double SLOPE = 0.1;
  private static final double REST = 0.9;

  private AdaState() {}

  /** Divides {@code count} heads that follow one another. */
  static void scale(float[] heads, int count, int length) {
    for (int head = 0; head < count; head++) {
      double squares = 0;
      for (int i = head * length; i < (head + 1) * length; i++) {
        squares += (double) heads[i] * heads[i];
      }
      double divisor = SLOPE * Math.sqrt(squares) + REST;
      for (int i = head * length; i < (head + 1) * length; i++) {
        heads[i] = (float) (heads[i] / divisor);
      }
    }
  }
}
