package dev.rocmforge.reports.format;

import dev.rocmforge.reports.gate.GateOutcome;
import dev.rocmforge.reports.gate.GateResult;
import dev.rocmforge.reports.gate.GateRow;

/**
 * The gate's rows as JUnit XML: a regression is a failure, what the environment spoilt an error, an
 * inconclusive or new row is skipped.
 */
public final class GateJunitXml {
  private GateJunitXml() {}

  public static String report(GateResult result) {
    Markup xml = new Markup();
    xml.trusted("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open("testsuites").trusted("\n");
    xml.open(
        "testsuite",
        "name",
        "rocmforge gate",
        "tests",
        "" + result.rows().size(),
        "failures",
        "" + count(result, GateOutcome.REGRESSION),
        "errors",
        "" + count(result, GateOutcome.ENVIRONMENT),
        "skipped",
        "" + result.rows().stream().filter(GateJunitXml::skipped).count());
    xml.trusted("\n");
    for (GateRow row : result.rows()) {
      testCase(xml, row);
    }
    return xml.close("testsuite").close("testsuites").toString();
  }

  private static void testCase(Markup xml, GateRow row) {
    xml.open("testcase", "classname", row.subject(), "name", row.name());
    String message = row.word() + ": " + GateMarkdown.why(row);
    String figures = figures(row);
    switch (row.outcome()) {
      case REGRESSION -> xml.open("failure", "message", message).text(figures).close("failure");
      case ENVIRONMENT -> xml.open("error", "message", message).text(figures).close("error");
      case INCONCLUSIVE -> xml.empty("skipped", "message", message);
      case PASS -> {
        if (skipped(row)) {
          xml.empty("skipped", "message", message);
        } else {
          xml.element("system-out", message + "; " + figures);
        }
      }
    }
    xml.close("testcase");
  }

  private static String figures(GateRow row) {
    return row.comparison()
        .map(
            c ->
                "speed "
                    + GateMarkdown.change(c)
                    + ", detectable "
                    + GateMarkdown.detectable(c)
                    + ", runs "
                    + row.baselineRuns()
                    + " / "
                    + row.candidateRuns())
        .orElse("not compared");
  }

  private static boolean skipped(GateRow row) {
    return row.outcome() == GateOutcome.INCONCLUSIVE
        || (row.kind() == GateRow.Kind.NEW && row.outcome() == GateOutcome.PASS);
  }

  private static long count(GateResult result, GateOutcome outcome) {
    return result.rows().stream().filter(row -> row.outcome() == outcome).count();
  }
}
