package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.stats.Interval;
import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.Collectors;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Ratios with their intervals about the line of no change, one row a workload. */
public final class RatioChart {
  private static final double WIDTH = 720;
  private static final double LEFT = 230;
  private static final double RIGHT = 76;
  private static final double TOP = 8;
  private static final double BOTTOM = 44;
  private static final double ROW = 30;
  private static final double LEAST_PERCENT = 5;
  private static final int LONGEST_LABEL = 32;

  /**
   * One workload.
   *
   * @param label its name
   * @param ratio above 1 is faster
   * @param value as the page prints it
   */
  public record Dot(String label, Interval ratio, String value) {}

  private RatioChart() {}

  /**
   * Draws the ratios top to bottom.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param dots at least one
   */
  public static String svg(String id, String title, List<Dot> dots) {
    double low = -LEAST_PERCENT;
    double high = LEAST_PERCENT;
    for (Dot dot : dots) {
      low = Math.min(low, 100 * (dot.ratio().low() - 1));
      high = Math.max(high, 100 * (dot.ratio().high() - 1));
    }
    Ticks percents = Ticks.over(low, high);
    double height = TOP + ROW * dots.size() + BOTTOM;
    Rectangle2D area = new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, ROW * dots.size());
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, height);
    canvas.plot(plot(dots, percents), area);
    for (double tick : percents.values()) {
      double share = (tick - percents.low()) / (percents.high() - percents.low());
      String sign = tick > 1e-9 ? "+" : "";
      canvas.label(
          area.getX() + area.getWidth() * share,
          area.getMaxY() + 18,
          SvgCanvas.Anchor.MIDDLE,
          sign + percents.label(tick));
    }
    canvas.label(area.getCenterX(), area.getMaxY() + 37, SvgCanvas.Anchor.MIDDLE, "percent faster");
    for (int i = 0; i < dots.size(); i++) {
      double y = TOP + ROW * (i + 0.5) + 4.5;
      String label = SvgCanvas.fitting(dots.get(i).label(), LONGEST_LABEL);
      canvas.value(0, y, SvgCanvas.Anchor.START, label);
      canvas.value(WIDTH, y, SvgCanvas.Anchor.END, dots.get(i).value());
    }
    String description =
        dots.stream()
            .map(dot -> dot.label() + ": " + dot.value())
            .collect(Collectors.joining("; ", "Changes of speed. ", "."));
    return canvas.svg(title, description);
  }

  private static XYPlot plot(List<Dot> dots, Ticks percents) {
    XYIntervalSeries series = new XYIntervalSeries("ratios");
    for (int i = 0; i < dots.size(); i++) {
      Interval ratio = dots.get(i).ratio();
      series.add(
          i, i, i, 100 * (ratio.middle() - 1), 100 * (ratio.low() - 1), 100 * (ratio.high() - 1));
    }
    var rows = Axes.silent(-0.5, dots.size() - 0.5, dots.size());
    rows.setInverted(true);
    XYPlot plot = Axes.plot(rows, Axes.silent(percents.low(), percents.high(), percents.step()));
    plot.setOrientation(PlotOrientation.HORIZONTAL);
    plot.setDomainGridlinesVisible(false);
    plot.addRangeMarker(new ValueMarker(0, SvgCanvas.INK, new BasicStroke(1.4f)));
    XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
    data.addSeries(series);
    XYErrorRenderer renderer = new XYErrorRenderer();
    renderer.setDrawXError(false);
    renderer.setSeriesPaint(0, SvgCanvas.ACCENT);
    renderer.setErrorPaint(SvgCanvas.ACCENT);
    renderer.setErrorStroke(new BasicStroke(1.8f));
    renderer.setCapLength(8);
    renderer.setSeriesShape(0, new Ellipse2D.Double(-4, -4, 8, 8));
    plot.setDataset(data);
    plot.setRenderer(renderer);
    return plot;
  }
}
