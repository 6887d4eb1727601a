package dev.rocmforge.reports.chart;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers along an axis.
 *
 * @param low first tick, at or below the data
 * @param high last tick, at or above the data
 * @param step 1, 2 or 5 times a power of ten
 */
record Ticks(double low, double high, double step) {
  private static final int ABOUT = 5;

  /** Ticks around {@code [low, high]}. */
  static Ticks over(double low, double high) {
    double span = high > low ? high - low : Math.max(1, Math.abs(high));
    double raw = span / ABOUT;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step =
        power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
    double first = Math.floor(low / step + 1e-9) * step;
    double last = Math.ceil(high / step - 1e-9) * step;
    return new Ticks(first, last > first ? last : first + step, step);
  }

  List<Double> values() {
    List<Double> values = new ArrayList<>();
    long count = Math.round((high - low) / step);
    for (long i = 0; i <= count; i++) {
      values.add(low + i * step);
    }
    return values;
  }

  /** A tick's value with the decimals its step needs, independent of any locale. */
  String label(double value) {
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
  }
}
