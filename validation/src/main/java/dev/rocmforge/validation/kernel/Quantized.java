package dev.rocmforge.validation.kernel;

import dev.rocmforge.validation.numeric.RoundingBound;

/**
 * The q8 form of activations from its definition (kernels/README.md): in units of 32, d = max /
 * 127, bytes = x / d to nearest even, and d * (sum of the bytes).
 */
final class Quantized {
  private static final int UNIT = 32;

  /** Below this largest value a unit has bytes of zero. */
  private static final double NOTHING = 1e-30f;

  private final int columns;
  private final byte[] bytes;
  private final float[] scales;

  private Quantized(int rows, int columns) {
    this.columns = columns;
    bytes = new byte[rows * columns];
    scales = new float[rows * columns / 16];
  }

  /** Quantizes known numbers, to be the input of a kernel. */
  static Quantized of(Vectors x) {
    Quantized all = new Quantized(x.rows(), x.columns());
    for (int row = 0; row < x.rows(); row++) {
      for (int unit = 0; unit < x.columns() / UNIT; unit++) {
        double most = largest(x, row, unit);
        float d = (float) (most / 127);
        int sum = 0;
        for (int i = 0; i < UNIT; i++) {
          double value = x.value(row, unit * UNIT + i);
          byte rounded = most > NOTHING ? (byte) Math.rint(value * 127 / most) : 0;
          all.bytes[row * x.columns() + unit * UNIT + i] = rounded;
          sum += rounded;
        }
        int at = (row * (x.columns() / UNIT) + unit) * 2;
        all.scales[at] = d;
        all.scales[at + 1] = d * sum;
      }
    }
    return all;
  }

  byte[] bytes() {
    return bytes;
  }

  float[] scales() {
    return scales;
  }

  /** d * byte: the numbers that a kernel multiplies with, exactly. */
  Vectors values() {
    Vectors all = new Vectors(bytes.length / columns, columns);
    for (int i = 0; i < bytes.length; i++) {
      all.set(i / columns, i % columns, (double) bytes[i] * scales[i / UNIT * 2], 0);
    }
    return all;
  }

  private static double largest(Vectors x, int row, int unit) {
    double most = 0;
    for (int i = 0; i < UNIT; i++) {
      most = Math.max(most, Math.abs(x.value(row, unit * UNIT + i)));
    }
    return most;
  }

  private static double largestUncertainty(Vectors x, int row, int unit) {
    double most = 0;
    for (int i = 0; i < UNIT; i++) {
      most = Math.max(most, x.uncertainty(row, unit * UNIT + i));
    }
    return most;
  }

  /**
   * What a kernel that quantizes {@code x} itself multiplies with: a value near the border between
   * two bytes may fall to either side, which is one d of uncertainty; elsewhere only d errs.
   */
  static Vectors within(Vectors x) {
    Vectors all = new Vectors(x.rows(), x.columns());
    for (int row = 0; row < x.rows(); row++) {
      for (int column = 0; column < x.columns(); column++) {
        int unit = column / UNIT;
        double most = largest(x, row, unit);
        double unsure = largestUncertainty(x, row, unit);
        if (most <= 2 * NOTHING) {
          all.set(row, column, 0, most);
          continue;
        }
        double exact = x.value(row, column) * 127 / most;
        double slack = slack(most, unsure);
        double rounded = Math.rint(exact);
        double d = most / 127;
        boolean border = Math.abs(Math.abs(exact - rounded) - 0.5) <= slack;
        double ofScale = Math.abs(rounded) * (unsure / 127 + 2 * RoundingBound.F32 * d);
        all.set(row, column, rounded * d, ofScale + (border ? d : 0));
      }
    }
    return all;
  }

  /**
   * How far x / d may be off, in units of a byte: the value's error, the maximum's, three
   * roundings.
   */
  private static double slack(double most, double unsure) {
    return 127 * (2 * unsure / most + 3 * RoundingBound.F32) * 1.01;
  }

  /**
   * What a kernel must write for {@code x}: bytes within half a step of x / d, and the scales. A
   * NaN spoils the scales of its unit, and the bytes then do not matter.
   */
  static Expectation bytesOf(Vectors x) {
    Expectation bytes = new Expectation(x.rows(), x.columns());
    for (int row = 0; row < x.rows(); row++) {
      for (int column = 0; column < x.columns(); column++) {
        double most = largest(x, row, column / UNIT);
        double unsure = largestUncertainty(x, row, column / UNIT);
        int at = row * x.columns() + column;
        if (Double.isNaN(most)) {
          bytes.setAny(at);
        } else if (most + unsure <= NOTHING) {
          bytes.set(at, 0, 0);
        } else if (most - unsure <= NOTHING) {
          bytes.set(at, 0, 127);
        } else {
          bytes.set(at, x.value(row, column) * 127 / most, 0.5 + slack(most, unsure));
        }
      }
    }
    return bytes;
  }

  /**
   * The scales: d exactly up to its roundings. The sums follow from bytes that may differ by one at
   * a border, and then by one d.
   */
  static Expectation scalesOf(Vectors x) {
    Expectation scales = new Expectation(x.rows(), x.columns() / 16);
    for (int row = 0; row < x.rows(); row++) {
      for (int unit = 0; unit < x.columns() / UNIT; unit++) {
        double most = largest(x, row, unit);
        int at = (row * (x.columns() / UNIT) + unit) * 2;
        if (Double.isNaN(most)) {
          scales.setNaN(at).setNaN(at + 1);
          continue;
        }
        double unsure = largestUncertainty(x, row, unit);
        double d = most / 127;
        double bound = unsure / 127 + 2 * RoundingBound.F32 * d + RoundingBound.F32_FLUSH;
        double sum = 0;
        double borders = 0;
        for (int i = 0; most > NOTHING && i < UNIT; i++) {
          double exact = x.value(row, unit * UNIT + i) * 127 / most;
          sum += Math.rint(exact);
          double fraction = Math.abs(exact - Math.rint(exact));
          borders += Math.abs(fraction - 0.5) <= slack(most, unsure) ? 1 : 0;
        }
        if (most > NOTHING && most - unsure <= NOTHING) {
          borders = 127 * UNIT;
        }
        scales.set(at, d, bound);
        double ofSum = Math.abs(sum) * bound + borders * (d + bound);
        scales.set(at + 1, d * sum, ofSum + 2 * RoundingBound.F32 * Math.abs(d * sum));
      }
    }
    return scales;
  }
}
