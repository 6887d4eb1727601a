package dev.rocmforge.reports.format;

import dev.rocmforge.reports.stats.Interval;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them, the same in every locale: a point for decimals, no grouping. */
public final class Quantity {
  private static final int DIGITS = 4;

  private Quantity() {}

  /** A rate with four significant digits: {@code 880.4}, {@code 17.13}, {@code 1234}. */
  public static String rate(double value) {
    return fixed(value, decimals(value));
  }

  /** Both ends with the decimals of the estimate: {@code 870.1 – 891.0}. */
  public static String range(Interval interval) {
    int decimals = decimals(interval.middle());
    return fixed(interval.low(), decimals) + " – " + fixed(interval.high(), decimals);
  }

  /** GB/s (1e9 bytes a second) with two decimals. */
  public static String gigabytesPerSecond(double value) {
    return fixed(value, 2);
  }

  /** A share as a percentage with one decimal: {@code 42.0 %}. */
  public static String percent(double share) {
    return fixed(100 * share, 1) + " %";
  }

  /** A ratio as a change with its sign: {@code +3.1 %}, {@code -12.0 %}. */
  public static String change(double ratio) {
    double percent = 100 * (ratio - 1);
    String text = fixed(percent, 1);
    return (percent > 0 && !text.equals("0.0") ? "+" : "") + text.replace("-0.0", "0.0") + " %";
  }

  /** Milliseconds with four significant digits. */
  public static String milliseconds(double nanos) {
    return rate(nanos / 1e6);
  }

  /** Bytes in decimal units: {@code 428.7 MB}; 1 MB is 1e6 bytes. */
  public static String bytes(long bytes) {
    return scaled(bytes, "B", "kB", "MB", "GB", "TB");
  }

  /** Memory in binary units: {@code 23.55 GiB}; 1 GiB is 2^30 bytes. */
  public static String memory(long bytes) {
    return rate(bytes / (double) (1L << 30)) + " GiB";
  }

  /** A count in words of thousands: {@code 494.0 million}. */
  public static String count(long count) {
    return scaled(count, "", "thousand", "million", "billion").strip();
  }

  /** A figure of a check in scientific notation where it is small or large: {@code 3.1e-07}. */
  public static String figure(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    double size = Math.abs(value);
    return value == 0 || (size >= 1e-3 && size < 1e6)
        ? new BigDecimal(value).round(new MathContext(DIGITS)).stripTrailingZeros().toPlainString()
        : String.format(Locale.ROOT, "%.2e", value);
  }

  private static String scaled(long value, String... units) {
    double scaled = value;
    int unit = 0;
    while (scaled >= 1000 && unit < units.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return (unit == 0 ? Long.toString(value) : rate(scaled)) + " " + units[unit];
  }

  private static int decimals(double value) {
    double size = Math.abs(value);
    return size < 1e-9
        ? 0
        : Math.clamp((long) DIGITS - 1 - (long) Math.floor(Math.log10(size)), 0, 6);
  }

  private static String fixed(double value, int decimals) {
    return Double.isFinite(value)
        ? new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString()
        : Double.toString(value);
  }
}
