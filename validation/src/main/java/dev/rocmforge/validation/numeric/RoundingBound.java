package dev.rocmforge.validation.numeric;

/**
 * Worst-case rounding errors (Higham, Accuracy and Stability of Numerical Algorithms, 2002,
 * chapters 2 to 4). With unit roundoff u, a quantity that went through k roundings has a relative
 * error of at most gamma(k) = k u / (1 - k u); a sum of products, each of which passes at most k
 * roundings on its way, errs by at most gamma(k) times the sum of the products' magnitudes. k is
 * the longest path through the kernel's stated summation order. A product and its addition count as
 * two, so the bound holds with and without fused multiply-add.
 */
public final class RoundingBound {
  /** Unit roundoff of f32, round to nearest: 2^-24. */
  public static final double F32 = 0x1p-24;

  /** Unit roundoff of f16: 2^-11. */
  public static final double F16 = 0x1p-11;

  /** Half the distance of f16 subnormals, the absolute rounding error below 2^-14. */
  public static final double F16_SUBNORMAL = 0x1p-25;

  /** Smallest normal f32: an operation that flushes subnormals errs by less. */
  public static final double F32_FLUSH = 0x1p-126;

  private RoundingBound() {}

  /** gamma(k) in f32. */
  public static double gamma(double roundings) {
    double total = roundings * F32;
    if (total >= 1) {
      throw new AssertionError(roundings + " roundings in f32 leave no digit");
    }
    return total / (1 - total);
  }

  /**
   * Relative error of exp(x) in f32: its argument may be scaled by log2(e) first, which costs one
   * rounding of the product and one of the constant, both multiplied by |x|; the function itself
   * has 2 ulp (CUDA's expf, AMD's v_exp_f32 has 1), which is 4 u.
   */
  public static double exponential(double x) {
    return (4 + 2 * Math.abs(x)) * F32;
  }

  /** Largest absolute error of rounding to f16. */
  public static double toHalf(double magnitude) {
    return magnitude * F16 + F16_SUBNORMAL;
  }
}
