package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.RunRecord;
import java.util.List;

/** The checks of a run as JUnit XML, which CI servers show; an unchecked run shows as skipped. */
public final class JunitXml {
  private static final CheckRecord NO_CHECK =
      CheckRecord.skipped("output of the run", "UNCHECKED: no check ran");

  private JunitXml() {}

  public static String report(RunRecord record) {
    List<CheckRecord> checks = record.checks().isEmpty() ? List.of(NO_CHECK) : record.checks();
    String suite = "rocmforge " + record.subject().backend().label();
    Markup xml = new Markup();
    xml.trusted("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open("testsuites").trusted("\n");
    xml.open(
        "testsuite",
        "name",
        suite,
        "tests",
        "" + checks.size(),
        "failures",
        "" + count(checks, CheckVerdict.FAILED),
        "errors",
        "0",
        "skipped",
        "" + count(checks, CheckVerdict.SKIPPED),
        "timestamp",
        record.environment().timestamp().toString(),
        "hostname",
        record.environment().host());
    xml.trusted("\n");
    for (CheckRecord check : checks) {
      testCase(xml, record, check);
    }
    return xml.close("testsuite").close("testsuites").toString();
  }

  private static void testCase(Markup xml, RunRecord record, CheckRecord check) {
    xml.open("testcase", "classname", record.subject().model().name(), "name", check.name());
    String reason = check.reason().orElse("");
    switch (check.verdict()) {
      case PASSED -> {}
      case FAILED ->
          xml.open("failure", "message", reason).text(HtmlFacts.figures(check)).close("failure");
      case SKIPPED -> xml.empty("skipped", "message", reason);
    }
    if (check.verdict() == CheckVerdict.PASSED && !check.figures().isEmpty()) {
      xml.element("system-out", HtmlFacts.figures(check));
    }
    xml.close("testcase");
  }

  private static long count(List<CheckRecord> checks, CheckVerdict verdict) {
    return checks.stream().filter(check -> check.verdict() == verdict).count();
  }
}
