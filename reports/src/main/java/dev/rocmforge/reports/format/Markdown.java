package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.util.Optional;

/** A record as a short Markdown text: what ran, the table of speeds, the checks. */
public final class Markdown {
  private static final String NONE = "–";

  private Markdown() {}

  public static String summary(RunRecord record) {
    StringBuilder out = new StringBuilder();
    out.append("**").append(escaped(record.subject().model().name())).append("** (");
    out.append(escaped(record.subject().model().fileName())).append("), backend ");
    out.append(record.subject().backend().label()).append(" on device runtime ");
    out.append(record.subject().deviceRuntime().label()).append(", output ");
    out.append(record.correctness().label()).append(".\n\n");
    if (record.status().completeness() == Status.Completeness.PARTIAL) {
      out.append("Partial run: ").append(escaped(record.status().reason().orElseThrow()));
      out.append(".\n\n");
    }
    out.append(
        "| workload | output | tokens/s | 95 % interval | of memory bandwidth | repetitions |\n");
    out.append("|---|---|--:|--:|--:|--:|\n");
    for (Measurement m : record.measurements()) {
      row(out, record, m);
    }
    if (!record.checks().isEmpty()) {
      out.append("\n| check | verdict | figures | reason |\n|---|---|---|---|\n");
      for (CheckRecord check : record.checks()) {
        cell(out, escaped(check.name()));
        cell(out, check.verdict().label());
        cell(out, escaped(HtmlFacts.figures(check)));
        cell(out, escaped(check.reason().orElse("")));
        out.append("|\n");
      }
    }
    return out.toString();
  }

  private static void row(StringBuilder out, RunRecord record, Measurement m) {
    Optional<Interval> rate = Throughput.tokensPerSecond(m);
    cell(out, escaped(m.workload().name()));
    cell(out, record.correctness().label());
    String unit = m.workload().unit();
    String shown = unit.equals("tokens/s") ? "" : " " + unit;
    cell(out, rate.map(r -> Quantity.rate(r.middle()) + shown).orElse(NONE));
    cell(out, rate.map(Quantity::range).orElse(NONE));
    cell(
        out,
        Throughput.bandwidthShare(m, record.environment())
            .map(r -> Quantity.percent(r.middle()))
            .orElse(NONE));
    cell(out, m.samples().repetitions().size() + " of " + m.workload().repetitions());
    out.append("|\n");
  }

  private static void cell(StringBuilder out, String text) {
    out.append("| ").append(text).append(' ');
  }

  /** Foreign text without any meaning to Markdown or HTML, on one line. */
  static String escaped(String text) {
    return Markup.escaped(text)
        .replaceAll("[\\s\\u2028\\u2029]+", " ")
        .replaceAll("([\\\\`*_{}\\[\\]|~@])", "\\\\$1");
  }
}
