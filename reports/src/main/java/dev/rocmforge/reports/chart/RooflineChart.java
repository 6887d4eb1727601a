package dev.rocmforge.reports.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Arithmetic done a second over arithmetic done a byte, both logarithmic: a memory's speed is a
 * slope, and what lies on it is limited by it.
 */
public final class RooflineChart {
  private static final double WIDTH = 500;
  private static final double HEIGHT = 320;
  private static final double LEFT = 62;
  private static final double RIGHT = 24;
  private static final double TOP = 28;
  private static final double BOTTOM = 48;
  private static final double LABEL_HEIGHT = 15;
  private static final int LONGEST_LABEL = 32;

  /**
   * One workload or kernel.
   *
   * @param label short
   * @param operationsPerByte arithmetic intensity
   * @param gigaOperationsPerSecond reached
   */
  public record Point(String label, double operationsPerByte, double gigaOperationsPerSecond) {}

  /**
   * A memory's speed.
   *
   * @param label what it is, with its figure
   * @param gigabytesPerSecond 1e9 bytes a second
   */
  public record Slope(String label, double gigabytesPerSecond) {}

  private RooflineChart() {}

  /**
   * Draws the slopes and the points.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param slopes at least one
   * @param points at least one
   */
  public static String svg(String id, String title, List<Slope> slopes, List<Point> points) {
    double[] intensities = points.stream().mapToDouble(Point::operationsPerByte).toArray();
    Ticks across =
        Frame.powers(
            DoubleStream.of(intensities).min().orElseThrow() / 2,
            DoubleStream.of(intensities).max().orElseThrow() * 2);
    double lowest =
        points.stream().mapToDouble(Point::gigaOperationsPerSecond).min().orElseThrow() / 2;
    double highest =
        slopes.stream().mapToDouble(Slope::gigabytesPerSecond).max().orElseThrow()
            * DoubleStream.of(intensities).max().orElseThrow()
            * 2;
    Ticks up = Frame.powers(lowest, highest);
    Rectangle2D area =
        new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    Frame frame = new Frame(area, across, up);
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, HEIGHT);
    canvas.plot(plot(frame, across, up, slopes, points), area);
    for (double tick : up.values()) {
      canvas.label(LEFT - 10, frame.y(tick) + 4, SvgCanvas.Anchor.END, Frame.power(tick));
    }
    for (double tick : across.values()) {
      canvas.label(frame.x(tick), area.getMaxY() + 19, SvgCanvas.Anchor.MIDDLE, Frame.power(tick));
    }
    canvas.label(0, 12, SvgCanvas.Anchor.START, "GFLOP/s");
    canvas.label(
        area.getCenterX(), HEIGHT - 6, SvgCanvas.Anchor.MIDDLE, "floating-point operations a byte");
    label(canvas, frame, area, points);
    return canvas.svg(title, description(slopes, points));
  }

  /** Labels right of their points, pushed apart downwards; left of those near the right edge. */
  private static void label(SvgCanvas canvas, Frame frame, Rectangle2D area, List<Point> points) {
    List<Rectangle2D> taken = new ArrayList<>();
    for (Point point : points) {
      double x = frame.x(Math.log10(point.operationsPerByte()));
      double y = frame.y(Math.log10(point.gigaOperationsPerSecond())) + 4;
      boolean left = x > area.getCenterX();
      String text = SvgCanvas.fitting(point.label(), LONGEST_LABEL);
      // No font is measured: seven units a letter is more than any takes.
      double width = 7.0 * text.length();
      Rectangle2D box = box(x, y, left, width);
      while (taken.stream().anyMatch(box::intersects)) {
        y += LABEL_HEIGHT;
        box = box(x, y, left, width);
      }
      taken.add(box);
      canvas.value(
          left ? x - 9 : x + 9, y, left ? SvgCanvas.Anchor.END : SvgCanvas.Anchor.START, text);
    }
  }

  private static Rectangle2D box(double x, double y, boolean left, double width) {
    return new Rectangle2D.Double(
        left ? x - 9 - width : x + 9, y - LABEL_HEIGHT + 2, width, LABEL_HEIGHT);
  }

  private static XYPlot plot(
      Frame frame, Ticks across, Ticks up, List<Slope> slopes, List<Point> points) {
    XYPlot plot = frame.plot();
    XYSeriesCollection lines = new XYSeriesCollection();
    XYLineAndShapeRenderer lineRenderer = new XYLineAndShapeRenderer(true, false);
    for (int i = 0; i < slopes.size(); i++) {
      double base = Math.log10(slopes.get(i).gigabytesPerSecond());
      double from = Math.max(across.low(), up.low() - base);
      double to = Math.min(across.high(), up.high() - base);
      XYSeries line = new XYSeries("slope " + i);
      line.add(from, from + base);
      line.add(to, to + base);
      lines.addSeries(line);
      Color color = i == 0 ? SvgCanvas.INK : SvgCanvas.SECOND;
      lineRenderer.setSeriesPaint(i, color);
      float[] dashes = i == 0 ? null : new float[] {5, 4};
      lineRenderer.setSeriesStroke(
          i, new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, dashes, 0));
    }
    plot.setDataset(1, lines);
    plot.setRenderer(1, lineRenderer);
    XYSeries dots = new XYSeries("points");
    for (Point point : points) {
      dots.add(Math.log10(point.operationsPerByte()), Math.log10(point.gigaOperationsPerSecond()));
    }
    XYLineAndShapeRenderer dotRenderer = new XYLineAndShapeRenderer(false, true);
    Shape shape = new Ellipse2D.Double(-4.5, -4.5, 9, 9);
    dotRenderer.setSeriesShape(0, shape);
    dotRenderer.setSeriesPaint(0, SvgCanvas.ACCENT);
    plot.setDataset(0, new XYSeriesCollection(dots));
    plot.setRenderer(0, dotRenderer);
    return plot;
  }

  private static String description(List<Slope> slopes, List<Point> points) {
    String lines = slopes.stream().map(Slope::label).collect(Collectors.joining("; "));
    return points.stream()
        .map(
            p ->
                "%s: %s operations a byte, %s GFLOP/s"
                    .formatted(
                        p.label(),
                        SvgCanvas.number(p.operationsPerByte()),
                        SvgCanvas.number(p.gigaOperationsPerSecond())))
        .collect(Collectors.joining("; ", "Slopes: " + lines + ". Points: ", "."));
  }
}
