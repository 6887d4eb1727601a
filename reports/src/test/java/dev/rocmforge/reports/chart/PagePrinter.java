package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.format.Html;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints the specimen's page, and on the error stream whether a font could be measured; run in a
 * JVM of its own.
 */
final class PagePrinter {
  private PagePrinter() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.print(Html.page(Specimens.cpuRun()));
    System.err.println(measuresFonts() ? "fonts found" : "no fonts found");
  }

  /** The font manager fails in several ways where there is no font at all. */
  private static boolean measuresFonts() {
    try {
      Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      return font.getStringBounds("m", new FontRenderContext(null, true, true)).getWidth() > 0;
    } catch (RuntimeException | Error e) {
      return false;
    }
  }
}
