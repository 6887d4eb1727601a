package dev.rocmforge.engine.quant;

/**
 * The encoding of 256 weights as 16 groups of 16 with {@code weight = scale * scales[g] * (code -
 * 32)}, for {@link Q6_K}. Each group is fitted by least squares: for a range of step sizes the
 * weights are rounded to codes, the scale that fits these codes best is solved for, and the one of
 * smallest squared error is kept. The scales are then rounded to signed bytes, and the codes chosen
 * anew for the rounded ones.
 *
 * @param scale multiplies the group scales; an f16 value
 * @param scales 16 values in -128..127
 * @param codes 256 values in 0..63, ascending
 */
record SymmetricGroups(float scale, int[] scales, byte[] codes) {
  private static final int GROUPS = 16;
  private static final int WEIGHTS = 16;

  /** Step sizes tried on either side of the largest weight over -32, in tenths of a code. */
  private static final int STEPS = 9;

  static SymmetricGroups of(float[] x, int from) {
    float[] slopes = new float[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      slopes[g] = fit(x, from + WEIGHTS * g);
    }
    // Over -128, so that the largest slope takes the one byte that has no opposite.
    float scale = rounded(Rounding.largest(slopes, 0, GROUPS) / -128);
    int[] scales = new int[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      scales[g] = scale == 0 ? 0 : Math.clamp(Rounding.even(slopes[g] / scale), -128, 127);
    }
    byte[] codes = new byte[GROUPS * WEIGHTS];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (code(x[from + i], scale * scales[i / WEIGHTS]) + 32);
    }
    return new SymmetricGroups(scale, scales, codes);
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

  private static float rounded(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }
}
