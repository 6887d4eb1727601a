package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.RatioChart;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Facet;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Pairing;
import dev.rocmforge.reports.stats.Roof;
import dev.rocmforge.reports.stats.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two sets of runs on one page: verdicts, ratios, refusals, and what differs around them. */
public final class HtmlComparison {
  private static final String NONE = "–";

  private HtmlComparison() {}

  /** The page of the second side against the first; each side oldest run first, at least one. */
  public static String page(List<RunRecord> a, List<RunRecord> b) {
    Pairing pairing = Pairing.of(a, b);
    Markup main = new Markup();
    pairs(main, pairing);
    refusals(main, pairing.refusals());
    HtmlMachines.differences(main, List.of(a.getLast(), b.getLast()));
    return Html.document(
        "Comparison · rocmforge benchmark",
        page -> {
          page.open("header");
          page.element("p", "rocmforge comparison", "class", "overline");
          page.open("h1").foreign(HtmlRun.name(b.getLast())).close("h1");
          side(page, "First", a);
          side(page, "Second", b);
          page.close("header");
        },
        main);
  }

  private static void side(Markup page, String name, List<RunRecord> runs) {
    RunRecord newest = runs.getLast();
    page.open("p", "class", "lede").element("strong", name + ": ");
    page.text(HtmlHeader.counted(runs.size(), "run") + ", newest ");
    page.text(HtmlHeader.day(newest.environment().timestamp()) + " on ");
    page.foreign(Html.shortened(newest.environment().host())).text(", ");
    page.foreign(Html.shortened(Row.hardware(newest))).text(", rocmforge ");
    page.foreign(Html.shortened(newest.subject().build().rocmforgeVersion()));
    newest
        .subject()
        .build()
        .gitCommit()
        .ifPresent(c -> page.text(" ").foreign(Html.shortened(c, 12)));
    page.close("p");
  }

  private static void pairs(Markup page, Pairing pairing) {
    page.section("pairs", "What compares");
    if (pairing.pairs().isEmpty()) {
      page.element("p", "Nothing: no row of one side has a partner on the other.");
      page.close("section");
      return;
    }
    HtmlTable table =
        HtmlTable.open(
            page,
            "pairs-table",
            "The second side against the first: medians, and their ratio with its interval",
            "Workload",
            "Verdict",
            "#First",
            "#Second",
            "#Change",
            "#Interval",
            "#First, of bandwidth",
            "#Second, of bandwidth",
            "Because");
    List<RatioChart.Dot> dots = new ArrayList<>();
    boolean several =
        pairing.pairs().stream().map(pair -> Facet.MODEL.of(pair.b())).distinct().count() > 1;
    String model = "";
    for (Pairing.Pair pair : pairing.pairs()) {
      String name = HtmlRun.name(pair.b().run());
      if (several && !name.equals(model)) {
        model = name;
        table.group(name);
      }
      Optional<Interval> ratio = pair.judgement().rateRatio();
      table.row(pair.b().name());
      table.trusted(HtmlStanding.chip(Optional.of(pair.judgement().verdict())));
      table.number(rate(pair.a())).number(rate(pair.b()));
      table.number(ratio.map(r -> Quantity.change(r.middle())).orElse(NONE));
      table.number(ratio.map(HtmlStanding::changes).orElse(NONE));
      table.number(share(pair.a())).number(share(pair.b()));
      table.cell(pair.judgement().reason()).end();
      ratio
          .filter(r -> Double.isFinite(r.high()) && r.low() > 0)
          .ifPresent(
              r -> {
                String label = pair.b().name() + (several ? ", " + name : "");
                dots.add(new RatioChart.Dot(label, r, Quantity.change(r.middle())));
              });
    }
    table.close();
    if (!dots.isEmpty()) {
      String title = "Speed of the second side over the first";
      HtmlSpeed.figure(
          page,
          title,
          "Right of the line is faster; a bar that crosses it may be no change.",
          RatioChart.svg("ratios", title, dots));
    }
    page.close("section");
  }

  static String rate(Row row) {
    return Quantity.rate(row.rate(row.medianNanos()));
  }

  static String share(Row row) {
    return Roof.share(row).map(r -> Quantity.percent(r.middle())).orElse(NONE);
  }

  static void refusals(Markup page, List<Pairing.Refusal> refusals) {
    if (refusals.isEmpty()) {
      return;
    }
    page.section("refused", "What was refused");
    HtmlTable table =
        HtmlTable.open(
            page,
            "refused-table",
            "Rows without a partner, and how the nearest one differs",
            "Workload",
            "Where",
            "Why");
    for (Pairing.Refusal refusal : refusals) {
      table.row(refusal.row().name()).cell(HtmlStanding.place(refusal.row()));
      table.cell(refusal.why()).end();
    }
    table.close();
    page.close("section");
  }
}
