package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.Sparkline;
import dev.rocmforge.reports.stats.Facet;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Roof;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Series;
import dev.rocmforge.reports.stats.Standing;
import dev.rocmforge.reports.stats.Throughput;
import dev.rocmforge.reports.stats.Verdict;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Verdicts first: every workload on every machine against its own past. */
final class HtmlStanding {
  private static final String NONE = "–";
  private static final int MOST_ROWS = 200;
  private static final int NAME_CHARACTERS = 48;

  private HtmlStanding() {}

  static void table(Markup page, List<Standing> standings) {
    page.section("summary", "Summary");
    counts(page, standings);
    Map<String, List<Standing>> places =
        standings.stream()
            .limit(MOST_ROWS)
            .collect(
                Collectors.groupingBy(
                    standing -> place(standing.series().latest()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    HtmlTable table =
        HtmlTable.open(
            page,
            "standing",
            "The newest checked runs of each workload, at most five, against up to 50 before them;"
                + " worst news first",
            "Workload",
            "Verdict",
            "#tokens/s",
            "#Change",
            "#Interval",
            "#of memory bandwidth",
            "History",
            "#Runs");
    places.forEach(
        (place, of) -> {
          table.group(place);
          of.forEach(standing -> row(table, standing));
        });
    table.close();
    if (standings.size() > MOST_ROWS) {
      String more = "And " + (standings.size() - MOST_ROWS) + " more without worse news.";
      page.element("p", more, "class", "note");
    }
    page.close("section");
  }

  /** By verdict, worst first, then by newest run. */
  static List<Standing> standings(Report report) {
    return report.series().stream()
        .map(Standing::of)
        .sorted(Comparator.comparingInt(HtmlStanding::rank))
        .toList();
  }

  private static int rank(Standing standing) {
    return standing
        .verdict()
        .map(
            verdict ->
                switch (verdict) {
                  case SLOWER -> 0;
                  case UNCHECKED -> 1;
                  case ENVIRONMENT -> 2;
                  case FASTER -> 3;
                  case INCONCLUSIVE -> 4;
                  case SAME -> 5;
                })
        .orElse(6);
  }

  private static void counts(Markup page, List<Standing> standings) {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    int first = 0;
    for (Standing standing : standings) {
      if (standing.verdict().isPresent()) {
        counts.merge(standing.verdict().get(), 1, Integer::sum);
      } else {
        first++;
      }
    }
    page.open("ul", "class", "tally");
    for (Verdict verdict :
        List.of(
            Verdict.SLOWER,
            Verdict.FASTER,
            Verdict.SAME,
            Verdict.INCONCLUSIVE,
            Verdict.ENVIRONMENT,
            Verdict.UNCHECKED)) {
      int count = counts.getOrDefault(verdict, 0);
      page.open("li", "class", count == 0 ? "none" : verdict.word());
      page.element("strong", "" + count).trusted(chip(Optional.of(verdict))).close("li");
    }
    if (first > 0) {
      page.open("li").element("strong", "" + first).trusted(chip(Optional.empty())).close("li");
    }
    page.close("ul");
  }

  private static void row(HtmlTable table, Standing standing) {
    Series series = standing.series();
    Row latest = series.latest();
    Interval rate = Throughput.tokensPerSecond(latest.measurement()).orElseThrow();
    table.row(latest.name()).trusted(chip(standing.verdict())).number(rate(latest, rate));
    Optional<Interval> ratio = standing.rateRatio();
    table.number(ratio.map(r -> Quantity.change(r.middle())).orElse(NONE));
    table.number(ratio.map(HtmlStanding::changes).orElse(NONE));
    table.number(Roof.share(latest).map(r -> Quantity.percent(r.middle())).orElse(NONE));
    table.trusted(
        Sparkline.svg(series.rows().stream().mapToDouble(r -> r.rate(r.medianNanos())).toArray()));
    table.number("" + series.rows().size()).end();
  }

  /** Both ends as changes; an end that is not known is left open. */
  static String changes(Interval ratio) {
    return ratio.low() > 0 && Double.isFinite(ratio.high())
        ? Quantity.change(ratio.low()) + " to " + Quantity.change(ratio.high())
        : "unknown";
  }

  /** The rate, with its unit where that is not tokens a second. */
  private static String rate(Row row, Interval rate) {
    String unit = row.measurement().workload().unit();
    return Quantity.rate(rate.middle()) + (unit.equals("tokens/s") ? "" : " " + unit);
  }

  /** Model and machine of a row on one line, with what else tells its series apart. */
  static String place(Row row) {
    String switches = Facet.switches(row.run());
    return Html.shortened(row.run().subject().model().name(), NAME_CHARACTERS)
        + (", " + Html.shortened(row.run().environment().host(), NAME_CHARACTERS))
        + (", " + Html.shortened(row.hardware(), NAME_CHARACTERS))
        + (", " + row.run().subject().backend().label())
        + (" on " + row.run().subject().deviceRuntime().label())
        + (", KV " + Html.shortened(row.measurement().workload().kvType(), NAME_CHARACTERS))
        + (switches.isEmpty() ? "" : ", " + Html.shortened(switches, NAME_CHARACTERS));
  }

  /** A verdict as a word with a sign: never by colour alone. */
  static String chip(Optional<Verdict> verdict) {
    String sign =
        verdict
            .map(
                v ->
                    switch (v) {
                      case FASTER -> "▲";
                      case SLOWER -> "▼";
                      case SAME -> "=";
                      case INCONCLUSIVE -> "?";
                      case ENVIRONMENT -> "≠";
                      case UNCHECKED -> "!";
                    })
            .orElse("•");
    String word = verdict.map(Verdict::word).orElse("first run");
    String kind = verdict.map(Verdict::word).orElse("first");
    return "<span class=\"verdict v-%s\"><span aria-hidden=\"true\">%s</span> %s</span>"
        .formatted(kind, sign, word);
  }
}
