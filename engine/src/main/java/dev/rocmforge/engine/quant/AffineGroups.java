package dev.rocmforge.engine.quant;

/**
 * The encoding of 256 weights as 8 groups of 32 with {@code weight = scale * scales[g] * code -
 * minimum * minima[g]}, for {@link Q4_K} and {@link Q5_K}. Each group is fitted by least squares:
 * for a range of step sizes the weights are rounded to codes, scale and offset that fit these codes
 * best are solved for, and the pair of smallest squared error is kept. The 8 scales and minima are
 * then rounded to six bits, which can be coarse where one group has an outlier; the neighbours of
 * both rounded values are tried as well, and the codes chosen anew.
 */
final class AffineGroups {
  private static final int GROUPS = 8;
  private static final int WEIGHTS = 32;

  /** Step sizes tried: the span over {@code highest + delta}, delta from -1 upwards in tenths. */
  private static final int STEPS = 21;

  /** How far from its rounded value a six-bit scale is tried. */
  private static final int NEIGHBOURS = 2;

  private final float scale;
  private final float minimum;
  private final int[] scales = new int[GROUPS];
  private final int[] minima = new int[GROUPS];
  private final byte[] codes = new byte[GROUPS * WEIGHTS];

  /** Fits the 256 weights from {@code from} with codes 0 to {@code highest}. */
  AffineGroups(float[] x, int from, int highest) {
    float[] slopes = new float[GROUPS];
    float[] offsets = new float[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
      Fit fit = fit(x, from + WEIGHTS * g, highest);
      slopes[g] = fit.slope();
      offsets[g] = -fit.offset();
    }
    scale = Rounding.half(Rounding.maximum(slopes, 0, GROUPS) / 63);
    minimum = Rounding.half(Rounding.maximum(offsets, 0, GROUPS) / 63);
    for (int g = 0; g < GROUPS; g++) {
      choose(
          g,
          x,
          from + WEIGHTS * g,
          sixBits(slopes[g], scale),
          sixBits(offsets[g], minimum),
          highest);
      for (int i = WEIGHTS * g; i < WEIGHTS * (g + 1); i++) {
        codes[i] = (byte) code(x[from + i], scale * scales[g], -minimum * minima[g], highest);
      }
    }
  }

  /** Multiplies the group scales; an f16 value. */
  float scale() {
    return scale;
  }

  /** Multiplies the group minima; an f16 value. */
  float minimum() {
    return minimum;
  }

  /** Of group {@code g}, 0..63. */
  int scale(int g) {
    return scales[g];
  }

  /** Of group {@code g}, 0..63. */
  int minimum(int g) {
    return minima[g];
  }

  /** Of weight {@code i} of the 256. */
  int code(int i) {
    return codes[i];
  }

  private void choose(int g, float[] x, int from, int nearScale, int nearMinimum, int highest) {
    scales[g] = nearScale;
    minima[g] = nearMinimum;
    double least = Double.POSITIVE_INFINITY;
    for (int m = Math.max(0, nearMinimum - 1); m <= Math.min(63, nearMinimum + 1); m++) {
      for (int s = Math.max(0, nearScale - NEIGHBOURS);
          s <= Math.min(63, nearScale + NEIGHBOURS);
          s++) {
        double error = squaredError(x, from, new Fit(scale * s, -minimum * m), highest);
        if (error < least) {
          least = error;
          scales[g] = s;
          minima[g] = m;
        }
      }
    }
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

  private static int sixBits(float value, float unit) {
    return unit == 0 ? 0 : Math.clamp(Rounding.even(value / unit), 0, 63);
  }
}
