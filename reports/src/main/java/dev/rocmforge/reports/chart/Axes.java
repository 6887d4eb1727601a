package dev.rocmforge.reports.chart;

import java.awt.BasicStroke;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleInsets;

/** Plots that take no room for letters and write none: their frame is known beforehand. */
final class Axes {
  private Axes() {}

  /** An axis over exactly this range with ticks every {@code step}, without any text. */
  static NumberAxis silent(double low, double high, double step) {
    NumberAxis axis = new NumberAxis();
    axis.setRange(low, high);
    axis.setTickUnit(new NumberTickUnit(step));
    axis.setTickLabelsVisible(false);
    axis.setTickMarksVisible(false);
    axis.setAxisLineVisible(false);
    return axis;
  }

  /** A plot without frame and background whose data area is the whole area it is drawn in. */
  static XYPlot plot(NumberAxis domain, NumberAxis range) {
    XYPlot plot = new XYPlot(null, domain, range, null);
    plot.setInsets(RectangleInsets.ZERO_INSETS);
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    plot.setFixedDomainAxisSpace(new AxisSpace());
    plot.setFixedRangeAxisSpace(new AxisSpace());
    plot.setBackgroundPaint(null);
    plot.setOutlineVisible(false);
    plot.setDomainGridlinePaint(SvgCanvas.GRID);
    plot.setRangeGridlinePaint(SvgCanvas.GRID);
    plot.setDomainGridlineStroke(new BasicStroke(1));
    plot.setRangeGridlineStroke(new BasicStroke(1));
    plot.setDomainZeroBaselineVisible(false);
    plot.setRangeZeroBaselineVisible(false);
    return plot;
  }
}
