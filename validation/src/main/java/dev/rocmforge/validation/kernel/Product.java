package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;

/**
 * Weight rows times vectors in double, with the error bound of each sum.
 *
 * <p>A weight is made from its block with at most three f32 roundings, each relative to the
 * magnitudes of its terms. {@code roundings} is the longest path of a product through the sum. The
 * inputs' own uncertainty, where a kernel computed them itself, is given for each.
 */
final class Product {
  private static final int DECODING = 3;

  /** log of the largest f32 is 88.72. */
  private static final double EXPONENTIAL_OVERFLOWS = 88.7;

  private final Weights weights;
  private final int roundings;
  private final boolean integers;

  private Product(Weights weights, int roundings, boolean integers) {
    this.weights = weights;
    this.roundings = roundings + DECODING;
    this.integers = integers;
  }

  /** f32 products; {@code roundings} as {@link #lanes} and {@link #serial} count them. */
  static Product ofFloats(Weights weights, int roundings) {
    return new Product(weights, roundings, false);
  }

  /** Units multiplied as integers, summed in the order of gemv_q8.h. */
  static Product ofIntegers(Weights weights, KernelCase one) {
    return new Product(weights, lanesOfQ8(one, weights.columns()), true);
  }

  /**
   * A number with its largest error.
   *
   * @param energy the square that it has on average when the signs of its terms are at random: what
   *     the sum is measured by, however far its terms happen to cancel
   */
  record Value(double value, double bound, double energy) {
    /** A number that is no sum. */
    static Value of(double value, double bound) {
      return new Value(value, bound, value * value);
    }
  }

  /**
   * gemv.h: a lane takes every (W * RF_SHARE)-th unit, 32 products each with its addition, then
   * log2(W) steps over the lanes, then the waves; bias and residual are the caller's.
   */
  static int lanes(KernelCase one, int columns) {
    int share = one.constant("RF_SHARE", 1);
    int units = Grids.blocks(Grids.blocks(columns, 32), one.wave() * share);
    return 64 * units + Integer.numberOfTrailingZeros(one.wave()) + share;
  }

  /** gemv_q8.h: as {@link #lanes}, but a unit is an exact sum of integers with six roundings. */
  private static int lanesOfQ8(KernelCase one, int columns) {
    int share = one.constant("RF_SHARE", 1);
    int units = Grids.blocks(Grids.blocks(columns, 32), one.wave() * share);
    return units + 6 + Integer.numberOfTrailingZeros(one.wave()) + share;
  }

  /** gemm.h: columns one after the other. */
  static int serial(int columns) {
    return 2 * columns;
  }

  /** Row {@code row} times the {@code token}-th vector. */
  Value of(int row, Vectors x, int token) {
    double sum = 0;
    double magnitude = 0;
    double uncertain = 0;
    double energy = 0;
    for (int column = 0; column < weights.columns(); column++) {
      double value = x.value(token, column);
      double product = weights.value(row, column) * value;
      sum += product;
      energy += product * product;
      double size =
          integers ? weights.magnitudeOfInteger(row, column) : weights.magnitude(row, column);
      magnitude += size * Math.abs(value);
      uncertain +=
          size * x.uncertainty(token, column) + weights.uncertainty(row, column) * Math.abs(value);
    }
    double bound =
        RoundingBound.gamma(roundings) * (magnitude + uncertain)
            + uncertain
            + weights.columns() * RoundingBound.F32_FLUSH;
    return new Value(sum, bound, energy);
  }

  /** Adds an exact number: one more rounding. */
  static Value plus(Value a, double exact) {
    double sum = a.value + exact;
    double bound = a.bound + RoundingBound.gamma(1) * (Math.abs(sum) + a.bound);
    return new Value(sum, bound, a.energy + exact * exact);
  }

  /**
   * gate / (1 + exp(-gate)) * up with the errors of both. The gate's error acts through the slope
   * of x * sigmoid(x), which stays below 1.1. Its slope at 0 is 1/2 and its square's mean never
   * below a quarter of that of x, hence the energy.
   */
  static Value gated(Value gate, Value up) {
    double g = gate.value;
    double silu = g / (1 + Math.exp(-g));
    // exp(-g) beyond the range of f32 makes 0, of f64 too from 745 on.
    double vanished = g < -EXPONENTIAL_OVERFLOWS ? Math.abs(silu) : 0;
    double relative = RoundingBound.exponential(g) + RoundingBound.gamma(4);
    double siluBound =
        1.1 * gate.bound + Math.abs(silu) * relative + vanished + RoundingBound.F32_FLUSH;
    double value = silu * up.value;
    double bound =
        siluBound * (Math.abs(up.value) + up.bound)
            + Math.abs(silu) * up.bound
            + Math.abs(value) * RoundingBound.gamma(2)
            + RoundingBound.F32_FLUSH * (1 + Math.abs(up.value));
    return new Value(value, bound, gate.energy * up.energy / 4);
  }
}
