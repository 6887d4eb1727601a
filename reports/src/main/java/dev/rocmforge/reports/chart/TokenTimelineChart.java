package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.stats.Distribution;
import java.awt.BasicStroke;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/**
 * Time of each generated token over its place in the sequence: a line for the median of the
 * repetitions and a band from the fastest to the slowest. Beyond 360 tokens neighbours share a
 * point.
 */
public final class TokenTimelineChart {
  private static final double WIDTH = 720;
  private static final double HEIGHT = 260;
  private static final double LEFT = 48;
  private static final double RIGHT = 8;
  private static final double TOP = 26;
  private static final double BOTTOM = 46;
  private static final int MOST_POINTS = 360;
  private static final double NANOS_PER_MILLISECOND = 1e6;

  /** Narrower ranges would show noise as if it were drama. */
  private static final double LEAST_SPAN = 0.2;

  private record Point(double token, double low, double middle, double high) {}

  private TokenTimelineChart() {}

  /**
   * Draws the timeline.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param repetitions at least one with tokens
   */
  public static String svg(String id, String title, List<Samples.Repetition> repetitions) {
    List<Point> points = points(repetitions);
    double low = Double.MAX_VALUE;
    double high = 0;
    for (Point point : points) {
      low = Math.min(low, point.low());
      high = Math.max(high, point.high());
    }
    double missing = Math.max(0, LEAST_SPAN * high - (high - low)) / 2;
    Ticks times = Ticks.over(Math.max(0, low - missing), high + missing);
    double last = points.getLast().token();
    Ticks tokens = Ticks.over(0, last);
    Rectangle2D area =
        new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, HEIGHT);
    canvas.plot(plot(points, last, tokens.step(), times), area);
    for (double tick : times.values()) {
      double share = (tick - times.low()) / (times.high() - times.low());
      double y = area.getMaxY() - area.getHeight() * share;
      canvas.label(LEFT - 10, y + 4, SvgCanvas.Anchor.END, times.label(tick));
    }
    for (double tick : tokens.values().stream().filter(t -> t <= last).toList()) {
      double x = area.getX() + area.getWidth() * tick / last;
      canvas.label(x, area.getMaxY() + 19, SvgCanvas.Anchor.MIDDLE, tokens.label(tick));
    }
    canvas.label(0, 12, SvgCanvas.Anchor.START, "milliseconds per token");
    canvas.label(area.getCenterX(), HEIGHT - 6, SvgCanvas.Anchor.MIDDLE, "generated token");
    return canvas.svg(title, description(points, repetitions.size()));
  }

  private static XYPlot plot(List<Point> points, double last, double step, Ticks times) {
    XYIntervalSeries series = new XYIntervalSeries("tokens");
    for (Point p : points) {
      series.add(p.token(), p.token(), p.token(), p.middle(), p.low(), p.high());
    }
    XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
    data.addSeries(series);
    DeviationRenderer renderer = new DeviationRenderer(true, points.size() == 1);
    renderer.setSeriesPaint(0, SvgCanvas.ACCENT);
    renderer.setSeriesFillPaint(0, SvgCanvas.SOFT);
    renderer.setSeriesStroke(
        0, new BasicStroke(1.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    renderer.setAlpha(0.6f);
    XYPlot plot =
        Axes.plot(Axes.silent(0, last, step), Axes.silent(times.low(), times.high(), times.step()));
    plot.setDomainGridlinesVisible(false);
    plot.setDataset(data);
    plot.setRenderer(renderer);
    return plot;
  }

  private static List<Point> points(List<Samples.Repetition> repetitions) {
    int tokens = repetitions.stream().mapToInt(r -> r.tokenNanos().size()).max().orElse(0);
    int perPoint = Math.max(1, (tokens + MOST_POINTS - 1) / MOST_POINTS);
    List<Point> points = new ArrayList<>();
    for (int first = 0; first < tokens; first += perPoint) {
      int end = Math.min(tokens, first + perPoint);
      List<Double> shared = new ArrayList<>();
      for (Samples.Repetition repetition : repetitions) {
        for (int t = first; t < Math.min(end, repetition.tokenNanos().size()); t++) {
          shared.add(repetition.tokenNanos().get(t) / NANOS_PER_MILLISECOND);
        }
      }
      Distribution spread =
          Distribution.of(shared.stream().mapToDouble(Double::doubleValue).toArray());
      double middle = (first + 1 + end) / 2.0;
      points.add(new Point(middle, spread.minimum(), spread.median(), spread.maximum()));
    }
    return points;
  }

  private static String description(List<Point> points, int repetitions) {
    Point first = points.getFirst();
    Point last = points.getLast();
    return "Line of the median and band from fastest to slowest of "
        + (repetitions + " repetitions. First token: " + SvgCanvas.number(first.middle()))
        + (" ms; last: " + SvgCanvas.number(last.middle()) + " ms.");
  }
}
