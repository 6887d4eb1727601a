package dev.rocmforge.reports.chart;

/** A word-sized line of a series beside its row; decoration, hidden from screen readers. */
public final class Sparkline {
  private static final double WIDTH = 96;
  private static final double HEIGHT = 22;
  private static final double MARGIN = 3;
  private static final int MOST_POINTS = 48;

  private Sparkline() {}

  /** Draws the last 48 values; nothing for fewer than two. */
  public static String svg(double[] values) {
    int count = Math.min(values.length, MOST_POINTS);
    if (count < 2) {
      return "";
    }
    int first = values.length - count;
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (int i = first; i < values.length; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    // A tenth of the level at least: noise stays flat.
    double span = Math.max(high - low, 0.1 * Math.abs(high));
    double middle = (high + low) / 2;
    StringBuilder path = new StringBuilder();
    double x = 0;
    double y = 0;
    for (int i = 0; i < count; i++) {
      x = MARGIN + (WIDTH - 2 * MARGIN) * i / (count - 1);
      y =
          HEIGHT / 2
              - (HEIGHT - 2 * MARGIN) * (values[first + i] - middle) / (span == 0 ? 1 : span);
      path.append(i == 0 ? "M" : "L").append(SvgCanvas.number(x)).append(' ');
      path.append(SvgCanvas.number(y));
    }
    return "<svg class=\"spark\" viewBox=\"0 0 96 22\" width=\"96\" height=\"22\""
        + " aria-hidden=\"true\"><path d=\""
        + path
        + "\" fill=\"none\" stroke=\"var(--accent)\" stroke-width=\"1.5\"/><circle cx=\""
        + (SvgCanvas.number(x) + "\" cy=\"" + SvgCanvas.number(y))
        + "\" r=\"2.5\" fill=\"var(--accent)\"/></svg>";
  }
}
