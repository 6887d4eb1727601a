package dev.rocmforge.engine.quant;

/** The rounding rules that the legacy block formats share, and their extrema. */
final class Rounding {
  private Rounding() {}

  /** The value of largest magnitude with its sign; the first one of equals; 0 for no value. */
  static float largest(float[] x, int from, int count) {
    float magnitude = 0;
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      if (Math.abs(x[i]) > magnitude) {
        magnitude = Math.abs(x[i]);
        largest = x[i];
      }
    }
    return largest;
  }

  static float minimum(float[] x, int from, int count) {
    float minimum = Float.MAX_VALUE;
    for (int i = from; i < from + count; i++) {
      minimum = x[i] < minimum ? x[i] : minimum;
    }
    return minimum;
  }

  static float maximum(float[] x, int from, int count) {
    float maximum = -Float.MAX_VALUE;
    for (int i = from; i < from + count; i++) {
      maximum = x[i] > maximum ? x[i] : maximum;
    }
    return maximum;
  }

  /** 1/d, and 0 for a block of zeros: the codes come from the scale before its rounding to f16. */
  static float inverse(float d) {
    return d == 0 ? 0 : 1 / d;
  }

  /**
   * Code of a shifted value by truncation, at most {@code highest}. The value carries the half that
   * makes truncation a rounding, so ties go up.
   */
  static int code(float shifted, int highest) {
    return Math.clamp((int) shifted, 0, highest);
  }

  /** Nearest integer, ties away from zero; in double, where adding the half is exact. */
  static int away(float x) {
    return (int) (x + Math.copySign(0.5, x));
  }

  /** Nearest integer, ties to even; for magnitudes below 2^31. */
  static int even(float x) {
    return (int) Math.rint(x);
  }

  /** The nearest binary16 value, ties to even. */
  static float half(float x) {
    return Float.float16ToFloat(Float.floatToFloat16(x));
  }
}
