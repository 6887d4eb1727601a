package dev.rocmforge.reports.chart;

import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.format.Html;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Prints the specimen's page; run in a JVM of its own. */
final class PagePrinter {
  private PagePrinter() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.print(Html.page(Specimens.cpuRun()));
  }
}
