package dev.rocmforge.reports.format;

import dev.rocmforge.reports.stats.Pairing;
import dev.rocmforge.reports.stats.Ranking;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Throughput;
import java.util.List;

/** Comparisons of runs and rankings of machines as Markdown tables. */
public final class MarkdownComparison {
  private static final String NONE = "–";

  private MarkdownComparison() {}

  /** The second side against the first. */
  public static String of(Pairing pairing) {
    StringBuilder out = new StringBuilder();
    out.append("| workload | verdict | first | second | change | of bandwidth | because |\n");
    out.append("|---|---|--:|--:|--:|--:|---|\n");
    for (Pairing.Pair pair : pairing.pairs()) {
      out.append("| ").append(name(pair.b()));
      out.append(" | ").append(pair.judgement().verdict().word());
      out.append(" | ").append(HtmlComparison.rate(pair.a()));
      out.append(" | ").append(HtmlComparison.rate(pair.b())).append(" | ");
      out.append(
          pair.judgement()
              .rateRatio()
              .map(r -> Quantity.change(r.middle()) + " (" + HtmlStanding.changes(r) + ")")
              .orElse(NONE));
      out.append(" | ").append(HtmlComparison.share(pair.a()));
      out.append(" → ").append(HtmlComparison.share(pair.b()));
      out.append(" | ").append(Markdown.escaped(pair.judgement().reason())).append(" |\n");
    }
    refusals(out, pairing.refusals());
    return out.toString();
  }

  /** A table a contest. */
  public static String of(Ranking ranking) {
    StringBuilder out = new StringBuilder();
    for (Ranking.Contest contest : ranking.contests()) {
      Row first = contest.rows().getFirst();
      out.append("**").append(name(first)).append("**, ");
      out.append(Markdown.escaped(HtmlRun.name(first.run()))).append("\n\n");
      out.append("| rank | machine | tokens/s | 95 % interval | of the fastest | of bandwidth |\n");
      out.append("|--:|---|--:|--:|--:|--:|\n");
      int rank = 1;
      double fastest = first.rate(first.medianNanos());
      for (Row row : contest.rows()) {
        out.append("| ").append(rank++);
        out.append(" | ").append(Markdown.escaped(HtmlHardware.machine(row)));
        out.append(" | ").append(HtmlComparison.rate(row)).append(" | ");
        out.append(Throughput.tokensPerSecond(row.measurement()).map(Quantity::range).orElse(NONE));
        out.append(" | ").append(Quantity.percent(row.rate(row.medianNanos()) / fastest));
        out.append(" | ").append(HtmlComparison.share(row)).append(" |\n");
      }
      out.append('\n');
    }
    if (ranking.contests().isEmpty()) {
      out.append("Nothing compares: no two machines did the same work.\n");
    }
    refusals(out, ranking.refusals());
    return out.toString();
  }

  private static void refusals(StringBuilder out, List<Pairing.Refusal> refusals) {
    if (refusals.isEmpty()) {
      return;
    }
    out.append("\n| refused | where | why |\n|---|---|---|\n");
    for (Pairing.Refusal refusal : refusals) {
      out.append("| ").append(name(refusal.row()));
      out.append(" | ").append(Markdown.escaped(HtmlStanding.place(refusal.row())));
      out.append(" | ").append(Markdown.escaped(refusal.why())).append(" |\n");
    }
  }

  private static String name(Row row) {
    return Markdown.escaped(Html.shortened(row.name()));
  }
}
