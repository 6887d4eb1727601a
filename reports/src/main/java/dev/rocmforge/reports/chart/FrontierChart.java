package dev.rocmforge.reports.chart;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** What is lost over what is spent: the points of a frontier joined, others around them by name. */
public final class FrontierChart {
  private static final double WIDTH = 720;
  private static final double HEIGHT = 380;
  private static final double LEFT = 64;
  private static final double RIGHT = 110;
  private static final double TOP = 26;
  private static final double BOTTOM = 46;

  /** Points that lost nothing are drawn at this share of the least loss. */
  private static final double NOTHING = 0.5;

  /**
   * One choice.
   *
   * @param spent along the axis across
   * @param lost along the logarithmic axis upwards; 0 or less for nothing
   * @param name of a point that is no part of the frontier; empty for one that is
   */
  public record Point(double spent, double lost, String name) {}

  private FrontierChart() {}

  /**
   * Draws the points.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param across what is spent
   * @param up what is lost
   * @param points at least one loses something
   */
  public static String svg(String id, String title, String across, String up, List<Point> points) {
    List<Double> losses = points.stream().map(Point::lost).filter(lost -> lost > 0).toList();
    double least = losses.stream().min(Double::compare).orElseThrow();
    double most = losses.stream().max(Double::compare).orElseThrow();
    double low = points.stream().mapToDouble(Point::spent).min().orElseThrow();
    double high = points.stream().mapToDouble(Point::spent).max().orElseThrow();
    Ticks powers = Frame.powers(least * NOTHING, most);
    Rectangle2D area =
        new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    Frame frame = new Frame(area, Ticks.over(low, high), powers);
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, HEIGHT);
    canvas.plot(plot(frame, points, least), area);
    for (double tick : powers.values()) {
      canvas.label(LEFT - 10, frame.y(tick) + 4, SvgCanvas.Anchor.END, Frame.power(tick));
    }
    frame.labelAcross(canvas);
    canvas.label(0, 12, SvgCanvas.Anchor.START, up);
    canvas.label(area.getCenterX(), HEIGHT - 6, SvgCanvas.Anchor.MIDDLE, across);
    names(canvas, frame, points, least);
    return canvas.svg(title, description(across, up, points));
  }

  private static double exponent(Point point, double least) {
    return Math.log10(Math.max(point.lost(), least * NOTHING));
  }

  /** Names beside their points, moved down where they would lie on another. */
  private static void names(SvgCanvas canvas, Frame frame, List<Point> points, double least) {
    List<double[]> taken = new ArrayList<>();
    for (Point point : points) {
      if (point.name().isEmpty()) {
        continue;
      }
      double x = frame.x(point.spent()) + 7;
      double y = frame.y(exponent(point, least)) + 4;
      boolean moved = true;
      while (moved) {
        moved = false;
        for (double[] other : taken) {
          if (Math.abs(other[0] - x) < 70 && Math.abs(other[1] - y) < 12) {
            y = other[1] + 12;
            moved = true;
          }
        }
      }
      taken.add(new double[] {x, y});
      canvas.label(x, y, SvgCanvas.Anchor.START, point.name());
    }
  }

  private static XYPlot plot(Frame frame, List<Point> points, double least) {
    XYPlot plot = frame.plot();
    XYSeries frontier = new XYSeries("frontier");
    XYSeries others = new XYSeries("others");
    for (Point point : points) {
      (point.name().isEmpty() ? frontier : others).add(point.spent(), exponent(point, least));
    }
    XYSeriesCollection data = new XYSeriesCollection();
    data.addSeries(frontier);
    data.addSeries(others);
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
    Shape dot = new Ellipse2D.Double(-2.5, -2.5, 5, 5);
    renderer.setSeriesStroke(0, new BasicStroke(1.8f));
    renderer.setSeriesLinesVisible(1, false);
    renderer.setSeriesPaint(0, SvgCanvas.ACCENT);
    renderer.setSeriesPaint(1, SvgCanvas.SECOND);
    renderer.setSeriesShape(0, dot);
    renderer.setSeriesShape(1, dot);
    plot.setDataset(data);
    plot.setRenderer(renderer);
    return plot;
  }

  private static String description(String across, String up, List<Point> points) {
    return points.stream()
        .map(
            point ->
                (point.name().isEmpty() ? "frontier" : point.name())
                    + (": " + SvgCanvas.number(point.spent()) + " ")
                    + String.format(java.util.Locale.ROOT, "and %.3g", point.lost()))
        .collect(Collectors.joining("; ", across + " and " + up + ". ", "."));
  }
}
