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

/** Horizontal bars from a common zero, each with its interval: rates of workloads or machines. */
public final class RateChart {
  private static final double WIDTH = 720;

  /** Of charts whose labels stand above: two of them lie side by side. */
  private static final double NARROW = 500;

  private static final double LEFT = 116;
  private static final int LONG_LABEL = 14;
  private static final int LONGEST_LABEL = 66;
  private static final double LABEL_ROW = 20;
  private static final double RIGHT = 76;
  private static final double TOP = 6;
  private static final double BOTTOM = 44;
  private static final double ROW = 38;
  private static final double HALF_BAR = 0.24;

  /** No font is measured: a digit takes no more, and labels stay so far apart. */
  private static final double LETTER = 7;

  private static final double GAP = 8;

  private RateChart() {}

  /**
   * One bar.
   *
   * @param label of the workload or machine
   * @param rate with its interval
   * @param value the rate as the page prints it
   */
  public record Bar(String label, Interval rate, String value) {}

  /**
   * Draws the bars top to bottom; labels too long to stand beside their bar stand above it.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param unit of the rates, such as {@code tokens per second}
   * @param bars at least one
   */
  public static String svg(String id, String title, String unit, List<Bar> bars) {
    double highest = 0;
    boolean above = false;
    for (Bar bar : bars) {
      highest = Math.max(highest, bar.rate().high());
      above |= bar.label().length() > LONG_LABEL;
    }
    Ticks ticks = Ticks.over(0, highest);
    double width = above ? NARROW : WIDTH;
    double left = above ? 0 : LEFT;
    double row = above ? ROW + LABEL_ROW : ROW;
    double height = TOP + row * bars.size() + BOTTOM;
    Rectangle2D area = new Rectangle2D.Double(left, TOP, width - left - RIGHT, row * bars.size());
    SvgCanvas canvas = new SvgCanvas(id, width, height);
    double shift = above ? LABEL_ROW / 2 / row : 0;
    canvas.plot(plot(bars, ticks, HALF_BAR * ROW / row, shift), area);
    List<Double> values = ticks.values();
    double between = area.getWidth() / (values.size() - 1);
    int every = (int) Math.ceil((LETTER * ticks.label(ticks.high()).length() + GAP) / between);
    for (int i = 0; i < values.size(); i += every) {
      double tick = values.get(i);
      double x = area.getX() + area.getWidth() * tick / ticks.high();
      SvgCanvas.Anchor anchor =
          above && tick == 0 ? SvgCanvas.Anchor.START : SvgCanvas.Anchor.MIDDLE;
      canvas.label(x, area.getMaxY() + 18, anchor, ticks.label(tick));
    }
    canvas.label(area.getCenterX(), area.getMaxY() + 37, SvgCanvas.Anchor.MIDDLE, unit);
    for (int i = 0; i < bars.size(); i++) {
      double y = TOP + row * (i + 0.5 + shift) + 4.5;
      String label = SvgCanvas.fitting(bars.get(i).label(), LONGEST_LABEL);
      canvas.value(0, above ? TOP + row * i + 17 : y, SvgCanvas.Anchor.START, label);
      canvas.value(width, y, SvgCanvas.Anchor.END, bars.get(i).value());
    }
    String description =
        bars.stream()
            .map(bar -> bar.label() + ": " + bar.value() + " " + unit)
            .collect(Collectors.joining("; ", "Horizontal bars. ", "."));
    return canvas.svg(title, description);
  }

  private static XYPlot plot(List<Bar> bars, Ticks ticks, double half, double shift) {
    XYIntervalSeries series = new XYIntervalSeries("bars");
    XYIntervalSeries whiskers = new XYIntervalSeries("intervals");
    for (int i = 0; i < bars.size(); i++) {
      Interval rate = bars.get(i).rate();
      double at = i + shift;
      series.add(at, at - half, at + half, rate.middle(), 0, rate.middle());
      whiskers.add(at, at, at, rate.middle(), rate.low(), rate.high());
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
