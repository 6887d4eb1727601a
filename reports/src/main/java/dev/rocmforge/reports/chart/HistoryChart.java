package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.stats.Interval;
import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * One workload on one machine over its runs: a dot a run, a level line for each stretch between
 * change points, an upright line at every change point. Beyond 240 runs neighbours share a dot.
 */
public final class HistoryChart {
  private static final double WIDTH = 500;
  private static final double HEIGHT = 200;
  private static final double LEFT = 56;
  private static final double RIGHT = 10;
  private static final double TOP = 26;
  private static final double BOTTOM = 34;
  private static final int MOST_DOTS = 240;
  private static final int MOST_WHISKERS = 60;

  /** Narrower ranges would show noise as if it were drama. */
  private static final double LEAST_SPAN = 0.1;

  /**
   * One run.
   *
   * @param rate its median with the slowest and fastest repetition
   * @param checked whether a passed check stands behind it
   */
  public record Dot(Interval rate, boolean checked) {}

  /**
   * Runs without a change among them.
   *
   * @param from index of the first
   * @param to index after the last
   * @param level their median
   */
  public record Stretch(int from, int to, double level) {}

  private HistoryChart() {}

  /**
   * Draws the history.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param dots at least one, oldest first
   * @param stretches in order; a change point lies where one ends and the next begins
   * @param first when the oldest run was, in words
   * @param last when the newest was
   */
  public static String svg(
      String id, String title, List<Dot> dots, List<Stretch> stretches, String first, String last) {
    double low = Double.MAX_VALUE;
    double high = 0;
    for (Dot dot : dots) {
      low = Math.min(low, dot.rate().middle());
      high = Math.max(high, dot.rate().middle());
    }
    double missing = Math.max(0.1 * (high - low), (LEAST_SPAN * high - (high - low)) / 2);
    Ticks rates = Ticks.over(Math.max(0, low - missing), high + missing);
    Ticks runs = new Ticks(-0.5, dots.size() - 0.5, dots.size());
    Rectangle2D area =
        new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    Frame frame = new Frame(area, runs, rates);
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, HEIGHT);
    canvas.plot(plot(frame, dots, stretches, rates), area);
    frame.labelUp(canvas);
    canvas.label(0, 12, SvgCanvas.Anchor.START, "tokens per second");
    canvas.label(LEFT, HEIGHT - 10, SvgCanvas.Anchor.START, first);
    if (dots.size() > 1) {
      canvas.label(WIDTH - RIGHT, HEIGHT - 10, SvgCanvas.Anchor.END, last);
    }
    return canvas.svg(title, description(dots, stretches, first, last));
  }

  private static XYPlot plot(Frame frame, List<Dot> dots, List<Stretch> stretches, Ticks rates) {
    XYPlot plot = frame.plot();
    plot.setDomainGridlinesVisible(false);
    XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
    data.addSeries(series("checked", dots, true, rates));
    data.addSeries(series("unchecked", dots, false, rates));
    XYErrorRenderer renderer = new XYErrorRenderer();
    renderer.setDrawXError(false);
    renderer.setDrawYError(dots.size() <= MOST_WHISKERS);
    renderer.setErrorPaint(SvgCanvas.SOFT);
    renderer.setErrorStroke(new BasicStroke(1.2f));
    renderer.setCapLength(0);
    double size = dots.size() <= MOST_WHISKERS ? 6 : 4;
    for (int i = 0; i < 2; i++) {
      renderer.setSeriesShape(i, new Ellipse2D.Double(-size / 2, -size / 2, size, size));
    }
    renderer.setSeriesPaint(0, SvgCanvas.ACCENT);
    renderer.setSeriesPaint(1, SvgCanvas.MUTED);
    renderer.setSeriesShapesFilled(1, false);
    plot.setDataset(1, data);
    plot.setRenderer(1, renderer);
    XYSeriesCollection levels = new XYSeriesCollection();
    XYLineAndShapeRenderer lines = new XYLineAndShapeRenderer(true, false);
    for (Stretch stretch : stretches) {
      XYSeries level = new XYSeries("level " + stretch.from());
      level.add(stretch.from() - 0.5, stretch.level());
      level.add(stretch.to() - 0.5, stretch.level());
      lines.setSeriesPaint(levels.getSeriesCount(), SvgCanvas.INK);
      lines.setSeriesStroke(levels.getSeriesCount(), new BasicStroke(1.4f));
      levels.addSeries(level);
      if (stretch.from() > 0) {
        BasicStroke dashes =
            new BasicStroke(
                1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {4, 3}, 0);
        plot.addDomainMarker(new ValueMarker(stretch.from() - 0.5, SvgCanvas.BAD, dashes));
      }
    }
    plot.setDataset(0, levels);
    plot.setRenderer(0, lines);
    return plot;
  }

  private static XYIntervalSeries series(
      String name, List<Dot> dots, boolean checked, Ticks rates) {
    XYIntervalSeries series = new XYIntervalSeries(name);
    int perDot = Math.max(1, (dots.size() + MOST_DOTS - 1) / MOST_DOTS);
    for (int first = 0; first < dots.size(); first += perDot) {
      List<Dot> shared = new ArrayList<>();
      for (Dot dot : dots.subList(first, Math.min(dots.size(), first + perDot))) {
        if (dot.checked() == checked) {
          shared.add(dot);
        }
      }
      if (!shared.isEmpty()) {
        shared.sort((a, b) -> Double.compare(a.rate().middle(), b.rate().middle()));
        Interval rate = shared.get(shared.size() / 2).rate();
        double low = Math.max(rates.low(), shared.getFirst().rate().low());
        double high = Math.min(rates.high(), shared.getLast().rate().high());
        double at = first + (Math.min(dots.size(), first + perDot) - first - 1) / 2.0;
        series.add(at, at, at, rate.middle(), low, high);
      }
    }
    return series;
  }

  private static String description(
      List<Dot> dots, List<Stretch> stretches, String first, String last) {
    StringBuilder text = new StringBuilder();
    text.append(dots.size()).append(dots.size() == 1 ? " run, " : " runs, ");
    text.append(first).append(dots.size() == 1 ? "" : " to " + last).append(". ");
    for (Stretch stretch : stretches) {
      text.append(stretch.from() == 0 ? "From the first run: " : "Change at run ");
      text.append(stretch.from() == 0 ? "" : (stretch.from() + 1) + ": ");
      text.append(SvgCanvas.number(stretch.level())).append(" tokens per second. ");
    }
    return text.toString().strip();
  }
}
