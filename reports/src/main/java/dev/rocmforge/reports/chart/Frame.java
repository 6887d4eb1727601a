package dev.rocmforge.reports.chart;

import java.awt.geom.Rectangle2D;
import java.util.Locale;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;

/** A data area with a scale to the right and one upwards, and the labels along both. */
final class Frame {
  private final Rectangle2D area;
  private final Ticks across;
  private final Ticks up;

  /** The scales reach from their first tick to their last. */
  Frame(Rectangle2D area, Ticks across, Ticks up) {
    this.area = area;
    this.across = across;
    this.up = up;
  }

  XYPlot plot() {
    NumberAxis domain = Axes.silent(across.low(), across.high(), across.step());
    return Axes.plot(domain, Axes.silent(up.low(), up.high(), up.step()));
  }

  double x(double value) {
    return area.getX() + area.getWidth() * (value - across.low()) / (across.high() - across.low());
  }

  double y(double value) {
    return area.getMaxY() - area.getHeight() * (value - up.low()) / (up.high() - up.low());
  }

  void labelUp(SvgCanvas canvas) {
    for (double tick : up.values()) {
      canvas.label(area.getX() - 10, y(tick) + 4, SvgCanvas.Anchor.END, up.label(tick));
    }
  }

  void labelAcross(SvgCanvas canvas) {
    for (double tick : across.values()) {
      canvas.label(x(tick), area.getMaxY() + 19, SvgCanvas.Anchor.MIDDLE, across.label(tick));
    }
  }

  /** Ticks of a logarithmic scale: whole powers of ten, their exponents as values. */
  static Ticks powers(double low, double high) {
    double first = Math.floor(Math.log10(low) + 1e-9);
    double last = Math.ceil(Math.log10(high) - 1e-9);
    return new Ticks(first, Math.max(first + 1, last), 1);
  }

  /** A power of ten as people write it: {@code 0.01}, {@code 1000}, {@code 1e-06}. */
  static String power(double exponent) {
    double value = Math.pow(10, exponent);
    return exponent < -3 || exponent > 5
        ? String.format(Locale.ROOT, "%.0e", value)
        : new Ticks(0, 1, Math.min(1, value)).label(value);
  }
}
