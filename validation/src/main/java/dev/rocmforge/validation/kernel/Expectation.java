package dev.rocmforge.validation.kernel;

import java.util.Arrays;

/**
 * What a kernel must leave in a buffer, element by element: a value with the largest error allowed,
 * a NaN, anything, or nothing at all (the bytes that lay there before). Everything is untouched
 * until it is set.
 */
final class Expectation {
  private static final double UNTOUCHED = -1;

  private final int columns;
  private final double[] values;
  private final double[] bounds;
  private final double[] energies;

  /** {@code rows} rows of {@code columns} elements, row-major; the columns are for diagnoses. */
  Expectation(int rows, int columns) {
    this.columns = columns;
    values = new double[Math.multiplyExact(rows, columns)];
    bounds = new double[values.length];
    energies = new double[values.length];
    Arrays.fill(bounds, UNTOUCHED);
  }

  Expectation set(int index, double value, double bound) {
    values[index] = value;
    // A bound of NaN would let nothing pass or everything, depending on how it is compared.
    if (!(bound >= 0)) {
      throw new AssertionError("bound " + bound + " of element " + index + ", value " + value);
    }
    bounds[index] = bound;
    energies[index] = value * value;
    return this;
  }

  /** A value with what it is measured by when the error of all elements together is judged. */
  Expectation set(int index, Product.Value value) {
    set(index, value.value(), value.bound());
    // Infinite, it would hide every error.
    if (Double.isFinite(value.value()) && !Double.isFinite(value.energy())) {
      throw new AssertionError("energy " + value.energy() + " of element " + index);
    }
    energies[index] = value.energy();
    return this;
  }

  Expectation setNaN(int index) {
    return set(index, Double.NaN, 0);
  }

  /** A NaN where the value is one. */
  Expectation setOrNaN(int index, double value, double bound) {
    return Double.isNaN(value) ? setNaN(index) : set(index, value, bound);
  }

  /** Whatever the kernel writes is right. */
  Expectation setAny(int index) {
    return set(index, 0, Double.POSITIVE_INFINITY);
  }

  int size() {
    return values.length;
  }

  int columns() {
    return columns;
  }

  boolean touched(int index) {
    return bounds[index] >= 0;
  }

  double value(int index) {
    return values[index];
  }

  /** As {@link Product.Value#energy}. */
  double energy(int index) {
    return energies[index];
  }

  double bound(int index) {
    return bounds[index];
  }

  /** Whether a measured value is right; the element is touched. */
  boolean accepts(int index, double measured) {
    double value = values[index];
    if (Double.isNaN(value)) {
      return Double.isNaN(measured);
    }
    return measured == value
        || bounds[index] == Double.POSITIVE_INFINITY
        || Math.abs(measured - value) <= bounds[index];
  }
}
