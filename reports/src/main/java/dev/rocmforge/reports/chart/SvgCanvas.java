package dev.rocmforge.reports.chart;

import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jfree.chart.plot.XYPlot;
import org.jfree.svg.SVGGraphics2D;

/**
 * Collects one chart: the plot drawn by JFreeChart without letters, then texts by anchor. Not
 * thread-safe.
 */
final class SvgCanvas {
  /** Where a text's position lies in it. */
  enum Anchor {
    START("start"),
    MIDDLE("middle"),
    END("end");

    private final String word;

    Anchor(String word) {
      this.word = word;
    }
  }

  /** Stand-in colours, one a role; the finished SVG names the page's variable instead. */
  static final Color INK = new Color(1, 2, 3);

  static final Color GRID = new Color(4, 5, 6);
  static final Color ACCENT = new Color(7, 8, 9);
  static final Color SOFT = new Color(10, 11, 12);
  static final Color MUTED = new Color(13, 14, 15);
  static final Color BAD = new Color(16, 17, 18);
  static final Color PAPER = new Color(19, 20, 21);
  static final Color SECOND = new Color(22, 23, 24);

  private static final String INK_VARIABLE = "var(--ink,#1f1d1a)";
  private static final String MUTED_VARIABLE = "var(--muted,#6b665e)";

  private final String id;
  private final double width;
  private final double height;
  private final StringBuilder texts = new StringBuilder();
  private String drawing = "";

  SvgCanvas(String id, double width, double height) {
    this.id = id;
    this.width = width;
    this.height = height;
  }

  /** Draws a plot whose axis space is fixed, so that its data area is exactly {@code area}. */
  void plot(XYPlot plot, Rectangle2D area) {
    SVGGraphics2D graphics = new SVGGraphics2D(width, height);
    graphics.setDefsKeyPrefix(id);
    // JFreeChart puts the hint's old value back, and may not put back none.
    graphics.setRenderingHint(
        RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_DEFAULT);
    graphics.setGeomDoubleConverter(SvgCanvas::number);
    graphics.setTransformDoubleConverter(SvgCanvas::number);
    plot.draw(graphics, area, null, null, null);
    String element = graphics.getSVGElement();
    drawing =
        element
            .substring(element.indexOf('>') + 1, element.lastIndexOf("</svg>"))
            .replace(css(INK), INK_VARIABLE)
            .replace(css(GRID), "var(--rule,#dcd7ce)")
            .replace(css(ACCENT), "var(--accent,#a8401a)")
            .replace(css(SOFT), "var(--accent-soft,#e3b9a4)")
            .replace(css(MUTED), MUTED_VARIABLE)
            .replace(css(BAD), "var(--bad,#9c1c1c)")
            .replace(css(PAPER), "var(--paper,#fbfaf7)")
            .replace(css(SECOND), "var(--second,#2b5d8a)");
  }

  void label(double x, double y, Anchor anchor, String text) {
    text(x, y, anchor, MUTED_VARIABLE, 12, text);
  }

  void value(double x, double y, Anchor anchor, String text) {
    text(x, y, anchor, INK_VARIABLE, 13, text);
  }

  private void text(double x, double y, Anchor anchor, String fill, int size, String text) {
    texts
        .append("<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"")
        .append(anchor.word + "\" font-size=\"" + size + "\" fill=\"" + fill + "\">")
        .append(escaped(text))
        .append("</text>\n");
  }

  /** A label along the axis on the left, read upwards. */
  void turned(double x, double y, String text) {
    texts
        .append("<text transform=\"translate(" + number(x) + " " + number(y) + ") rotate(-90)\" ")
        .append("text-anchor=\"middle\" font-size=\"12\" fill=\"" + MUTED_VARIABLE + "\">")
        .append(escaped(text))
        .append("</text>\n");
  }

  /** The finished element with its text alternatives. */
  String svg(String title, String description) {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
        + (number(width) + " " + number(height) + "\" role=\"img\" ")
        + ("aria-labelledby=\"" + id + "-title " + id + "-desc\" ")
        + "font-family=\"system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif\" "
        + "style=\"font-variant-numeric:tabular-nums\">\n"
        + ("<title id=\"" + id + "-title\">" + escaped(title) + "</title>\n")
        + ("<desc id=\"" + id + "-desc\">" + escaped(description) + "</desc>\n")
        + (drawing + "\n" + texts + "</svg>\n");
  }

  private static String css(Color color) {
    return "rgb(" + color.getRed() + "," + color.getGreen() + "," + color.getBlue() + ")";
  }

  /** At most two decimals and no trailing zeros, independent of any locale. */
  static String number(double value) {
    BigDecimal rounded =
        BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_EVEN).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }

  /** A foreign label that fits: at most so many characters, the last an ellipsis. */
  static String fitting(String text, int characters) {
    return text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
  }

  /** Text of an element: what XML forbids or turns the writing direction becomes U+FFFD. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  private static boolean allowed(int c) {
    boolean control = (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
    boolean turning = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return !control
        && !turning
        && Character.getType(c) != Character.SURROGATE
        && (c & 0xfffe) != 0xfffe;
  }
}
