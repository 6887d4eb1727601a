package dev.rocmforge.validation.numeric;

/**
 * Normalized mean squared error: the sum of squared differences over the sum of squares of the
 * reference. Summed in double, rising; elements are scaled by the largest reference first, so that
 * squares neither overflow nor vanish.
 *
 * <p>Elements may come with the energy of their terms, the sum of their squares. Sums that cancel
 * have large relative errors however well they are done; {@link #valueOfTerms} sees through that.
 */
public final class Nmse {
  private double largest;
  private double squares;
  private double errors;
  private double terms;

  /** Adds one element that is no sum. */
  public void add(double reference, double measured) {
    add(reference, measured, Math.abs(reference));
  }

  /** Adds one element with the root of the sum of its terms' squares. */
  public void add(double reference, double measured, double root) {
    double size = Math.max(Math.abs(reference), Math.abs(measured));
    if (size > largest) {
      double shrink = largest / size;
      squares *= shrink * shrink;
      errors *= shrink * shrink;
      terms *= shrink * shrink;
      largest = size;
    }
    if (largest > 0) {
      double value = reference / largest;
      double error = (measured - reference) / largest;
      squares += value * value;
      errors += error * error;
      terms += root / largest * (root / largest);
    } else if (Double.isNaN(size)) {
      errors = Double.NaN;
    }
  }

  /** 0 without any difference; infinite where a reference of zeros was missed. */
  public double value() {
    return errors == 0 ? 0 : errors / squares;
  }

  /** The errors over the reference or the terms, whichever is the larger. */
  public double valueOfTerms() {
    return errors == 0 ? 0 : errors / Math.max(squares, terms);
  }

  /** Its square root: the relative L2 error. */
  public double relativeL2() {
    return Math.sqrt(value());
  }
}
