package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.stats.Interval;
import java.awt.BasicStroke;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.Collectors;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Horizontal bars of tokens a second, one a workload, each with its interval. */
public final class RateChart {
  private static final double WIDTH = 720;
  private static final double LEFT = 116;
  private static final double RIGHT = 76;
  private static final double TOP = 6;
  private static final double BOTTOM = 44;
  private static final double ROW = 38;
  private static final double HALF_BAR = 0.24;

  private RateChart() {}

  /**
   * One bar.
   *
   * @param label of the workload
   * @param tokensPerSecond with its interval
   * @param value the rate as the page prints it
   */
  public record Bar(String label, Interval tokensPerSecond, String value) {}

  /**
   * Draws the bars top to bottom from a common zero.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param bars at least one
   */
  public static String svg(String id, String title, List<Bar> bars) {
    double highest = 0;
    for (Bar bar : bars) {
      highest = Math.max(highest, bar.tokensPerSecond().high());
    }
    Ticks ticks = Ticks.over(0, highest);
    double height = TOP + ROW * bars.size() + BOTTOM;
    Rectangle2D area = new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, ROW * bars.size());
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, height);
    canvas.plot(plot(bars, ticks), area);
    for (double tick : ticks.values()) {
      double x = area.getX() + area.getWidth() * tick / ticks.high();
      canvas.label(x, area.getMaxY() + 18, SvgCanvas.Anchor.MIDDLE, ticks.label(tick));
    }
    canvas.label(
        area.getCenterX(), area.getMaxY() + 37, SvgCanvas.Anchor.MIDDLE, "tokens per second");
    for (int i = 0; i < bars.size(); i++) {
      double y = TOP + ROW * (i + 0.5) + 4.5;
      canvas.value(0, y, SvgCanvas.Anchor.START, bars.get(i).label());
      canvas.value(WIDTH, y, SvgCanvas.Anchor.END, bars.get(i).value());
    }
    String description =
        bars.stream()
            .map(bar -> bar.label() + ": " + bar.value() + " tokens per second")
            .collect(Collectors.joining("; ", "Horizontal bars. ", "."));
    return canvas.svg(title, description);
  }

  private static XYPlot plot(List<Bar> bars, Ticks ticks) {
    XYIntervalSeries series = new XYIntervalSeries("bars");
    XYIntervalSeries whiskers = new XYIntervalSeries("intervals");
    for (int i = 0; i < bars.size(); i++) {
      Interval rate = bars.get(i).tokensPerSecond();
      series.add(i, i - HALF_BAR, i + HALF_BAR, rate.middle(), 0, rate.middle());
      whiskers.add(i, i, i, rate.middle(), rate.low(), rate.high());
    }
    NumberAxis rows = Axes.silent(-0.5, bars.size() - 0.5, bars.size());
    rows.setInverted(true);
    XYPlot plot = Axes.plot(rows, Axes.silent(0, ticks.high(), ticks.step()));
    plot.setOrientation(PlotOrientation.HORIZONTAL);
    plot.setDomainGridlinesVisible(false);
    XYIntervalSeriesCollection barData = new XYIntervalSeriesCollection();
    barData.addSeries(series);
    XYBarRenderer barRenderer = new XYBarRenderer();
    barRenderer.setBarPainter(new StandardXYBarPainter());
    barRenderer.setShadowVisible(false);
    barRenderer.setDrawBarOutline(false);
    barRenderer.setUseYInterval(true);
    barRenderer.setSeriesPaint(0, SvgCanvas.SOFT);
    plot.setDataset(1, barData);
    plot.setRenderer(1, barRenderer);
    XYIntervalSeriesCollection whiskerData = new XYIntervalSeriesCollection();
    whiskerData.addSeries(whiskers);
    XYErrorRenderer whiskerRenderer = new XYErrorRenderer();
    whiskerRenderer.setDrawXError(false);
    whiskerRenderer.setSeriesPaint(0, SvgCanvas.ACCENT);
    whiskerRenderer.setErrorPaint(SvgCanvas.ACCENT);
    whiskerRenderer.setErrorStroke(new BasicStroke(1.5f));
    whiskerRenderer.setCapLength(8);
    whiskerRenderer.setSeriesShape(0, new java.awt.geom.Ellipse2D.Double(-3, -3, 6, 6));
    plot.setDataset(0, whiskerData);
    plot.setRenderer(0, whiskerRenderer);
    return plot;
  }
}
