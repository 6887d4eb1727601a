package dev.rocmforge.reports.format;

import dev.rocmforge.reports.gate.GateOutcome;
import dev.rocmforge.reports.gate.GateResult;
import dev.rocmforge.reports.gate.GateRow;

/** The gate's rows as workflow commands, which GitHub shows as annotations of a run. */
public final class GithubAnnotations {
  private GithubAnnotations() {}

  /** One line a row that did not pass, and one for each new row. */
  public static String lines(GateResult result) {
    StringBuilder out = new StringBuilder();
    for (GateRow row : result.rows()) {
      if (row.outcome() != GateOutcome.PASS || row.kind() == GateRow.Kind.NEW) {
        out.append("::").append(level(row)).append(" title=");
        out.append(property(row.name() + " " + row.word())).append("::");
        out.append(data(row.subject() + ": " + GateMarkdown.why(row))).append('\n');
      }
    }
    return out.toString();
  }

  private static String level(GateRow row) {
    return switch (row.outcome()) {
      case REGRESSION -> "error";
      case ENVIRONMENT, INCONCLUSIVE -> "warning";
      case PASS -> "notice";
    };
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
