package dev.rocmforge.reports.format;

import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Standing;
import dev.rocmforge.reports.stats.Throughput;
import dev.rocmforge.reports.stats.Verdict;
import java.util.List;

/** A history as a Markdown table: how the newest run of every workload stands. */
public final class MarkdownReport {
  private static final String NONE = "–";

  private MarkdownReport() {}

  public static String summary(Report report) {
    List<Standing> standings = HtmlStanding.standings(report);
    StringBuilder out = new StringBuilder();
    out.append(HtmlHeader.counted(report.runs().size(), "run")).append(", ");
    out.append(standings.size()).append(" series; worst news first.\n\n");
    out.append("| workload | model, machine | verdict | tokens/s | change | runs | reason |\n");
    out.append("|---|---|---|--:|--:|--:|---|\n");
    for (Standing standing : standings) {
      Row latest = standing.series().latest();
      String rate =
          Throughput.tokensPerSecond(latest.measurement())
              .map(r -> Quantity.rate(r.middle()))
              .orElse(NONE);
      out.append("| ").append(Markdown.escaped(Html.shortened(latest.name())));
      out.append(" | ").append(Markdown.escaped(HtmlStanding.place(latest)));
      out.append(" | ").append(standing.verdict().map(Verdict::word).orElse("first run"));
      out.append(" | ").append(rate).append(" | ");
      out.append(standing.rateRatio().map(r -> Quantity.change(r.middle())).orElse(NONE));
      out.append(" | ").append(standing.series().rows().size());
      out.append(" | ").append(Markdown.escaped(standing.reason())).append(" |\n");
    }
    return out.toString();
  }
}
