package dev.rocmforge.reports.record;

import java.util.OptionalDouble;

/**
 * A number a check looked at. NaN and infinities are kept: they are what a failed check found.
 *
 * @param name such as {@code relative L2 error}
 * @param value as measured
 * @param limit the largest value that passes, where there is one
 * @param unit such as {@code ULP}; empty for a plain ratio
 */
public record Figure(String name, double value, OptionalDouble limit, String unit) {
  public Figure {
    Require.text(name, "figure.name");
    Require.present(limit, "figure.limit");
    Require.present(unit, "figure.unit");
  }

  /** A plain ratio with an upper limit. */
  public static Figure atMost(String name, double value, double limit) {
    return new Figure(name, value, OptionalDouble.of(limit), "");
  }
}
