package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.Histories;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.format.Html;
import dev.rocmforge.reports.format.HtmlComparison;
import dev.rocmforge.reports.format.HtmlHardware;
import dev.rocmforge.reports.format.Report;
import dev.rocmforge.reports.record.RunRecord;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Prints pages of the specimens, and on the error stream whether a font could be measured; run in a
 * JVM of its own.
 */
final class PagePrinter {
  private PagePrinter() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.print(pages());
    System.err.println(measuresFonts() ? "fonts found" : "no fonts found");
  }

  /** One of every kind of page. */
  static String pages() {
    List<RunRecord> runs = Histories.of(16, 1, 2, 3, 8, 0, 512);
    Report report = new Report(runs, Histories.kernels(), List.of(), 2, Optional.empty());
    return Html.page(Specimens.cpuRun())
        + Html.page(report)
        + HtmlComparison.page(runs.subList(0, 8), runs.subList(8, 16))
        + HtmlHardware.page(runs);
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
