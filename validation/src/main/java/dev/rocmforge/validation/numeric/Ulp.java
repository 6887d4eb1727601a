package dev.rocmforge.validation.numeric;

/** Distances in units in the last place of f32. */
public final class Ulp {
  private Ulp() {}

  /**
   * How many representable f32 values lie from the reference, rounded to f32, to {@code measured}.
   * Both zeros are one value; 0 where both are NaN, {@link Long#MAX_VALUE} where one is.
   */
  public static long between(double reference, float measured) {
    float rounded = (float) reference;
    if (Float.isNaN(rounded) || Float.isNaN(measured)) {
      return Float.isNaN(rounded) && Float.isNaN(measured) ? 0 : Long.MAX_VALUE;
    }
    return Math.abs(ordinal(rounded) - ordinal(measured));
  }

  /** Rising with the value: 0 for zero, negative for negative numbers. */
  private static long ordinal(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits < 0 ? -(long) (bits & Integer.MAX_VALUE) : bits;
  }
}
