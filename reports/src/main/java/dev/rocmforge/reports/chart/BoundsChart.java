package dev.rocmforge.reports.chart;

import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.Collectors;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * The worst error of each kernel as a share of its derived bound, on a logarithmic scale; at 1 the
 * bound is used up. Dots: a share has no zero on this scale for a bar to begin at.
 */
public final class BoundsChart {
  private static final double WIDTH = 720;
  private static final double LEFT = 190;
  private static final double RIGHT = 76;
  private static final double TOP = 24;
  private static final double BOTTOM = 44;
  private static final double ROW = 20;
  private static final double LEAST = 1e-6;
  private static final int LONGEST_LABEL = 28;

  /**
   * One kernel.
   *
   * @param kernel its path
   * @param share worst error over bound of all its cases
   * @param value as the page prints it
   * @param passed whether all its cases passed
   */
  public record Dot(String kernel, double share, String value, boolean passed) {
    /** Exponent of the share, where it fits on the scale. */
    double exponent() {
      return Math.log10(Math.clamp(share, LEAST, 1e6));
    }
  }

  private BoundsChart() {}

  /**
   * Draws one row a kernel.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param dots at least one
   */
  public static String svg(String id, String title, List<Dot> dots) {
    double low = dots.stream().mapToDouble(Dot::exponent).min().orElseThrow();
    double high = dots.stream().mapToDouble(Dot::exponent).max().orElseThrow();
    Ticks shares = new Ticks(Math.min(-2, Math.floor(low)), Math.max(1, Math.ceil(high)), 1);
    double height = TOP + ROW * dots.size() + BOTTOM;
    Rectangle2D area = new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, ROW * dots.size());
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, height);
    canvas.plot(plot(dots, shares), area);
    for (double tick : shares.values()) {
      canvas.label(
          x(area, shares, tick), area.getMaxY() + 18, SvgCanvas.Anchor.MIDDLE, Frame.power(tick));
    }
    canvas.label(
        area.getCenterX(), area.getMaxY() + 37, SvgCanvas.Anchor.MIDDLE, "largest error / bound");
    canvas.label(x(area, shares, 0), 14, SvgCanvas.Anchor.MIDDLE, "bound");
    for (int i = 0; i < dots.size(); i++) {
      Dot dot = dots.get(i);
      double y = TOP + ROW * (i + 0.5) + 4.5;
      canvas.value(0, y, SvgCanvas.Anchor.START, SvgCanvas.fitting(dot.kernel(), LONGEST_LABEL));
      canvas.value(WIDTH, y, SvgCanvas.Anchor.END, dot.passed() ? dot.value() : "FAILED");
    }
    String description =
        dots.stream()
            .map(d -> d.kernel() + ": " + d.value() + (d.passed() ? "" : ", FAILED"))
            .collect(Collectors.joining("; ", "Worst error over bound. ", "."));
    return canvas.svg(title, description);
  }

  private static double x(Rectangle2D area, Ticks shares, double exponent) {
    return area.getX()
        + area.getWidth() * (exponent - shares.low()) / (shares.high() - shares.low());
  }

  private static XYPlot plot(List<Dot> dots, Ticks shares) {
    var rows = Axes.silent(-0.5, dots.size() - 0.5, 1);
    rows.setInverted(true);
    XYPlot plot = Axes.plot(rows, Axes.silent(shares.low(), shares.high(), 1));
    plot.setOrientation(PlotOrientation.HORIZONTAL);
    plot.setDomainGridlinesVisible(false);
    plot.addRangeMarker(new ValueMarker(0, SvgCanvas.BAD, new BasicStroke(1.6f)));
    XYSeriesCollection data = new XYSeriesCollection();
    XYSeries passed = new XYSeries("passed");
    XYSeries failed = new XYSeries("failed");
    for (int i = 0; i < dots.size(); i++) {
      (dots.get(i).passed() ? passed : failed).add(i, dots.get(i).exponent());
    }
    data.addSeries(passed);
    data.addSeries(failed);
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
    for (int i = 0; i < 2; i++) {
      renderer.setSeriesShape(i, new Ellipse2D.Double(-4, -4, 8, 8));
      renderer.setSeriesPaint(i, i == 0 ? SvgCanvas.ACCENT : SvgCanvas.BAD);
    }
    plot.setDataset(data);
    plot.setRenderer(renderer);
    return plot;
  }
}
