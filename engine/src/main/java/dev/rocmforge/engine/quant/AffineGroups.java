package dev.rocmforge.engine.quant;

/**
 * The encoding of 256 weights as 8 groups of 32 with {@code weight = scale * scales[g] * code -
 * minimum * minima[g]}, for {@link Q4_K} and {@link Q5_K}. Each group is fitted by least squares:
 * for a range of step sizes the weights are rounded to codes, scale and offset that fit these codes
 * best are solved for, and the pair of smallest squared error is kept. The 8 scales and minima are
 * then rounded to six bits, and the codes chosen anew for the rounded ones.
 *
 * @param scale multiplies the group scales; an f16 value
 * @param minimum multiplies the group minima; an f16 value
 * @param scales 8 values in 0..63
 * @param minima 8 values in 0..63
 * @param codes 256 values, ascending
 */
record AffineGroups(float scale, float minimum, int[] scales, int[] minima, byte[] codes) {
  private static final int GROUPS = 8;
  private static final int WEIGHTS = 32;

  /** Step sizes tried: the span over {@code highest + delta}, delta from -1 upwards in tenths. */
  private static final int STEPS = 21;

  /** Fits the 256 weights from {@code from} with codes 0 to {@code highest}. */
  static AffineGroups of(float[] x, int from, int highest) {
    float[] slopes = new float[GROUPS];
    float[] offsets = new float[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      Fit fit = fit(x, from + WEIGHTS * g, highest);
      slopes[g] = fit.slope();
      offsets[g] = -fit.offset();
    }
    float scale = rounded(Rounding.maximum(slopes, 0, GROUPS) / 63);
    float minimum = rounded(Rounding.maximum(offsets, 0, GROUPS) / 63);
    int[] scales = sixBits(slopes, scale);
    int[] minima = sixBits(offsets, minimum);
    byte[] codes = new byte[GROUPS * WEIGHTS];
    for (int i = 0; i < codes.length; i++) {
      int g = i / WEIGHTS;
      codes[i] = (byte) code(x[from + i], scale * scales[g], -minimum * minima[g], highest);
    }
    return new AffineGroups(scale, minimum, scales, minima, codes);
  }

  /** {@code weight = slope * code + offset}, offset at most 0, because minima have no sign. */
  private record Fit(float slope, float offset) {}

  private static Fit fit(float[] x, int from, int highest) {
    float low = Math.min(0, Rounding.minimum(x, from, WEIGHTS));
    float span = Rounding.maximum(x, from, WEIGHTS) - low;
    if (!(span > 0)) {
      return new Fit(0, low);
    }
    Fit best = new Fit(span / highest, low);
    double least = squaredError(x, from, best, highest);
    for (int step = 0; step < STEPS; step++) {
      float slope = span / (highest - 1 + 0.1f * step);
      Fit candidate = leastSquares(x, from, new Fit(slope, low), highest);
      double error = squaredError(x, from, candidate, highest);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  /** The line of least squares through the points (code under {@code start}, weight). */
  private static Fit leastSquares(float[] x, int from, Fit start, int highest) {
    double codes = 0;
    double squares = 0;
    double sum = 0;
    double products = 0;
    for (int i = from; i < from + WEIGHTS; i++) {
      int q = code(x[i], start.slope(), start.offset(), highest);
      codes += q;
      squares += q * q;
      sum += x[i];
      products += (double) q * x[i];
    }
    double determinant = WEIGHTS * squares - codes * codes;
    if (determinant == 0) {
      return start;
    }
    double slope = (WEIGHTS * products - codes * sum) / determinant;
    double offset = (sum * squares - codes * products) / determinant;
    if (offset > 0) {
      return new Fit((float) (products / squares), 0);
    }
    return new Fit((float) slope, (float) offset);
  }

  private static double squaredError(float[] x, int from, Fit fit, int highest) {
    double error = 0;
    for (int i = from; i < from + WEIGHTS; i++) {
      int q = code(x[i], fit.slope(), fit.offset(), highest);
      double difference = fit.slope() * q + fit.offset() - x[i];
      error += difference * difference;
    }
    return error;
  }

  private static int code(float x, float slope, float offset, int highest) {
    return slope == 0 ? 0 : Math.clamp(Rounding.even((x - offset) / slope), 0, highest);
  }

  private static int[] sixBits(float[] values, float unit) {
    int[] bits = new int[values.length];
    for (int g = 0; g < values.length; g++) {
      bits[g] = unit == 0 ? 0 : Math.clamp(Rounding.even(values[g] / unit), 0, 63);
    }
    return bits;
  }

  private static float rounded(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }
}
