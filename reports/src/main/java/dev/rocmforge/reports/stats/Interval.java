package dev.rocmforge.reports.stats;

/**
 * A value with the interval it plausibly lies in.
 *
 * @param low lower end
 * @param middle the estimate
 * @param high upper end
 */
public record Interval(double low, double middle, double high) {
  /** The interval of {@code numerator / x}; the ends change places. */
  public Interval under(double numerator) {
    return new Interval(numerator / high, numerator / middle, numerator / low);
  }

  public Interval times(double factor) {
    return new Interval(low * factor, middle * factor, high * factor);
  }

  /** Half the width as a share of the estimate. */
  public double relativeHalfWidth() {
    return (high - low) / 2 / middle;
  }
}
