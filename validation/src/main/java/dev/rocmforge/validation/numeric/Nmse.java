package dev.rocmforge.validation.numeric;

/**
 * Normalized mean squared error: the sum of squared differences over the sum of squares of the
 * reference. Summed in double, rising; elements are scaled by the largest reference first, so that
 * squares neither overflow nor vanish.
 */
public final class Nmse {
  private double largest;
  private double squares;
  private double errors;

  /** Adds one element. */
  public void add(double reference, double measured) {
    double size = Math.max(Math.abs(reference), Math.abs(measured));
    if (size > largest) {
      double shrink = largest / size;
      squares *= shrink * shrink;
      errors *= shrink * shrink;
      largest = size;
    }
    if (largest > 0) {
      double value = reference / largest;
      double error = (measured - reference) / largest;
      squares += value * value;
      errors += error * error;
    } else if (Double.isNaN(size)) {
      errors = Double.NaN;
    }
  }

  /** 0 without any difference; infinite where a reference of zeros was missed. */
  public double value() {
    return errors == 0 ? 0 : errors / squares;
  }

  /** Its square root: the relative L2 error. */
  public double relativeL2() {
    return Math.sqrt(value());
  }
}
