package dev.rocmforge.reports.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.Collectors;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Percentiles of a time over the tokens already in the context: one line a percentile. */
public final class DepthChart {
  private static final double WIDTH = 720;
  private static final double HEIGHT = 240;
  private static final double LEFT = 56;
  private static final double RIGHT = 96;
  private static final double TOP = 26;
  private static final double BOTTOM = 46;
  private static final double LABEL_GAP = 16;
  private static final List<Color> COLORS =
      List.of(SvgCanvas.ACCENT, SvgCanvas.SECOND, SvgCanvas.MUTED);

  /**
   * Times at one depth.
   *
   * @param depth tokens in the context
   * @param median milliseconds
   * @param ninetieth percentile 90
   * @param ninetyNinth percentile 99
   */
  public record Point(int depth, double median, double ninetieth, double ninetyNinth) {
    double at(int line) {
      return line == 0 ? median : line == 1 ? ninetieth : ninetyNinth;
    }
  }

  private DepthChart() {}

  /**
   * Draws the three lines.
   *
   * @param id unique within a page; letters, digits and hyphens
   * @param unit such as {@code milliseconds per token}
   * @param points at least two, by depth
   */
  public static String svg(String id, String title, String unit, List<Point> points) {
    double high = points.stream().mapToDouble(Point::ninetyNinth).max().orElseThrow();
    Ticks times = Ticks.over(0, high);
    Ticks depths = Ticks.over(0, points.getLast().depth());
    Rectangle2D area =
        new Rectangle2D.Double(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    Frame frame = new Frame(area, depths, times);
    SvgCanvas canvas = new SvgCanvas(id, WIDTH, HEIGHT);
    canvas.plot(plot(frame, points), area);
    frame.labelUp(canvas);
    frame.labelAcross(canvas);
    canvas.label(0, 12, SvgCanvas.Anchor.START, unit);
    canvas.label(area.getCenterX(), HEIGHT - 6, SvgCanvas.Anchor.MIDDLE, "tokens in the context");
    double y = TOP + 4 - LABEL_GAP;
    String[] names = {"median", "90 %", "99 %"};
    for (int line = names.length - 1; line >= 0; line--) {
      y = Math.max(y + LABEL_GAP, frame.y(points.getLast().at(line)) + 4);
      canvas.value(frame.x(points.getLast().depth()) + 10, y, SvgCanvas.Anchor.START, names[line]);
    }
    return canvas.svg(title, description(unit, points));
  }

  private static XYPlot plot(Frame frame, List<Point> points) {
    XYPlot plot = frame.plot();
    plot.setDomainGridlinesVisible(false);
    XYSeriesCollection data = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
    for (int line = 0; line < COLORS.size(); line++) {
      XYSeries series = new XYSeries("line " + line);
      for (Point point : points) {
        series.add(point.depth(), point.at(line));
      }
      data.addSeries(series);
      float[] dashes = line == 0 ? null : new float[] {line == 1 ? 6 : 2, 3};
      renderer.setSeriesStroke(
          line,
          new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 10, dashes, 0));
      renderer.setSeriesPaint(line, COLORS.get(line));
      renderer.setSeriesShape(line, new Ellipse2D.Double(-2.5, -2.5, 5, 5));
    }
    plot.setDataset(data);
    plot.setRenderer(renderer);
    return plot;
  }

  private static String description(String unit, List<Point> points) {
    return points.stream()
        .map(
            p ->
                "depth "
                    + p.depth()
                    + (": median " + SvgCanvas.number(p.median()))
                    + (", 90 % " + SvgCanvas.number(p.ninetieth()))
                    + (", 99 % " + SvgCanvas.number(p.ninetyNinth())))
        .collect(Collectors.joining("; ", "Lines of " + unit + ". ", "."));
  }
}
