package dev.rocmforge.engine.quant;

/**
 * The encoding of 256 weights as 16 groups of 16 with {@code weight = scale * scales[g] * (code -
 * 32)}, for {@link Q6_K}. Each group is fitted by least squares: for a range of step sizes the
 * weights are rounded to codes, the scale that fits these codes best is solved for, and the one of
 * smallest squared error is kept. The scales are then rounded to signed bytes; the neighbours of a
 * rounded one are tried as well, and the codes chosen anew.
 */
final class SymmetricGroups {
  private static final int GROUPS = 16;
  private static final int WEIGHTS = 16;

  /** Step sizes tried on either side of the largest weight over -32, in tenths of a code. */
  private static final int STEPS = 9;

  /** How far from its rounded value a scale is tried. */
  private static final int NEIGHBOURS = 2;

  private final float scale;
  private final int[] scales = new int[GROUPS];
  private final byte[] codes = new byte[GROUPS * WEIGHTS];

  /** Fits the 256 weights from {@code from}. */
  SymmetricGroups(float[] x, int from) {
    float[] slopes = new float[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      slopes[g] = fit(x, from + WEIGHTS * g);
    }
    // Over -128, so that the largest slope takes the one byte that has no opposite.
    scale = Rounding.half(Rounding.largest(slopes, 0, GROUPS) / -128);
    for (int g = 0; g < GROUPS; g++) {
      scales[g] = scale == 0 ? 0 : choose(x, from + WEIGHTS * g, slopes[g]);
      for (int i = WEIGHTS * g; i < WEIGHTS * (g + 1); i++) {
        codes[i] = (byte) (code(x[from + i], scale * scales[g]) + 32);
      }
    }
  }

  /** Multiplies the group scales; an f16 value. */
  float scale() {
    return scale;
  }

  /** Of group {@code g}, -128..127. */
  int scale(int g) {
    return scales[g];
  }

  /** Of weight {@code i} of the 256, 0..63. */
  int code(int i) {
    return codes[i];
  }

  private int choose(float[] x, int from, float slope) {
    int near = Math.clamp(Rounding.even(slope / scale), -128, 127);
    int best = near;
    double least = Double.POSITIVE_INFINITY;
    for (int s = Math.max(-128, near - NEIGHBOURS); s <= Math.min(127, near + NEIGHBOURS); s++) {
      double error = squaredError(x, from, scale * s);
      if (error < least) {
        least = error;
        best = s;
      }
    }
    return best;
  }

  private static float fit(float[] x, int from) {
    float largest = Rounding.largest(x, from, WEIGHTS);
    if (largest == 0) {
      return 0;
    }
    float best = largest / -32;
    double least = squaredError(x, from, best);
    for (int step = -STEPS; step <= STEPS; step++) {
      float candidate = leastSquares(x, from, largest / -(32 + 0.1f * step));
      double error = squaredError(x, from, candidate);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private static float leastSquares(float[] x, int from, float slope) {
    double products = 0;
    double squares = 0;
    for (int i = from; i < from + WEIGHTS; i++) {
      int q = code(x[i], slope);
      products += (double) q * x[i];
      squares += q * q;
    }
    return squares == 0 ? slope : (float) (products / squares);
  }

  private static double squaredError(float[] x, int from, float slope) {
    double error = 0;
    for (int i = from; i < from + WEIGHTS; i++) {
      double difference = slope * code(x[i], slope) - x[i];
      error += difference * difference;
    }
    return error;
  }

  private static int code(float x, float slope) {
    return slope == 0 ? 0 : Math.clamp(Rounding.even(x / slope), -32, 31);
  }
}
