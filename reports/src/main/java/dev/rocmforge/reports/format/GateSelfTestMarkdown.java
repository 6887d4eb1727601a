package dev.rocmforge.reports.format;

import dev.rocmforge.reports.gate.SelfTest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the gate's own test counted, as a Markdown table. */
public final class GateSelfTestMarkdown {
  private GateSelfTestMarkdown() {}

  /** A table of trials of one size. */
  public static String table(SelfTest test, List<SelfTest.Counts> rows) {
    StringBuilder out = new StringBuilder();
    out.append("| series | false alarms | fixed 5 % | ");
    out.append(
        SelfTest.STEPS.stream()
            .map(step -> "+" + number(100 * step) + " %")
            .collect(Collectors.joining(" | ")));
    out.append(" | fixed at +5 % | ");
    out.append(
        SelfTest.DRIFTS.stream()
            .map(drift -> "drift " + number(100 * drift) + " %")
            .collect(Collectors.joining(" | ")));
    out.append(
        " | one spike | inconclusive | detectable | change point: none | +5 % | drift 10 % |\n"
            + "|---|--:|--:|");
    out.append("--:|".repeat(SelfTest.STEPS.size() + 1 + SelfTest.DRIFTS.size() + 6)).append('\n');
    for (SelfTest.Counts row : rows) {
      out.append("| ").append(Markdown.escaped(row.name())).append(" | ");
      out.append(alarms(row.alarms())).append(" | ").append(alarms(row.fixedAlarms()));
      out.append(" | ").append(shares(row.detected())).append(" | ");
      out.append(Quantity.percent(row.fixedDetected())).append(" | ").append(shares(row.drifts()));
      out.append(" | ").append(alarms(row.spikeAlarms()));
      out.append(" | ").append(Quantity.percent(row.inconclusive()));
      out.append(" | ").append(Quantity.percent(row.meanDetectable()));
      out.append(" | ").append(shares(row.points())).append(" |\n");
    }
    return "%d runs against a baseline of %d, %d trials a row, seed %d:\n\n%s"
        .formatted(
            test.candidateRuns(), test.baselineRuns(), test.trials(), test.seed(), out.toString());
  }

  private static String shares(List<Double> shares) {
    return shares.stream().map(Quantity::percent).collect(Collectors.joining(" | "));
  }

  private static String alarms(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
