package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.HistoryChart;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Series;
import dev.rocmforge.reports.stats.Standing;
import java.util.List;

/** Every series over its runs, with the change points found in it. */
final class HtmlHistory {
  private static final int MOST_CHARTS = 12;
  private static final int LEAST_RUNS = 3;
  private static final int MOST_TABLE_ROWS = 40;

  private HtmlHistory() {}

  static void charts(Markup page, List<Standing> standings) {
    List<Series> all =
        standings.stream()
            .map(Standing::series)
            .filter(series -> series.rows().size() >= LEAST_RUNS)
            .toList();
    if (all.isEmpty()) {
      return;
    }
    page.section("history", "History");
    page.element(
        "p",
        "A dot is the median of a run, its whisker reaches from the slowest to the fastest"
            + " repetition; an empty dot is a run whose output no check passed. The axis need not"
            + " begin at zero. A dashed line marks a change point.");
    page.open("div", "class", "pairs");
    for (int i = 0; i < Math.min(MOST_CHARTS, all.size()); i++) {
      page.open("div");
      chart(page, all.get(i), i);
      page.close("div");
    }
    page.close("div");
    if (all.size() > MOST_CHARTS) {
      page.element(
          "p",
          (all.size() - MOST_CHARTS) + " more series stand in the summary, without a chart here.",
          "class",
          "note");
    }
    page.close("section");
  }

  private static void chart(Markup page, Series series, int number) {
    List<Row> rows = series.rows();
    String place = HtmlStanding.place(rows.getLast());
    String title = rows.getLast().name() + ", " + place;
    List<HistoryChart.Dot> dots =
        rows.stream().map(row -> new HistoryChart.Dot(rate(row), row.checked())).toList();
    Findings findings = Findings.of(rows);
    HtmlSpeed.figure(
        page,
        rows.getLast().name(),
        place,
        HistoryChart.svg(
            page.id("history-" + number),
            title,
            dots,
            findings.stretches(),
            HtmlHeader.day(rows.getFirst().run().environment().timestamp()),
            HtmlHeader.day(rows.getLast().run().environment().timestamp())));
    if (!findings.sentences().isEmpty()) {
      page.open("ul", "class", "found");
      for (String sentence : findings.sentences()) {
        page.open("li").foreign(sentence).close("li");
      }
      page.close("ul");
    }
    page.open("details").element("summary", "The same as a table");
    String caption =
        rows.size() > MOST_TABLE_ROWS
            ? "Tokens per second, the last " + MOST_TABLE_ROWS + " of " + rows.size() + " runs"
            : "Tokens per second of each run";
    HtmlTable table =
        HtmlTable.open(
            page,
            "history-table-" + number,
            caption,
            "Run",
            "Commit",
            "Output",
            "#Median",
            "#Slowest",
            "#Fastest");
    int from = Math.max(0, rows.size() - MOST_TABLE_ROWS);
    for (int i = from; i < rows.size(); i++) {
      Row row = rows.get(i);
      table.row((i + 1) + ", " + HtmlHeader.day(row.run().environment().timestamp()));
      table.cell(
          row.run().subject().build().gitCommit().map(c -> Html.shortened(c, 12)).orElse(""));
      table.cell(row.run().correctness().label());
      table.number(Quantity.rate(dots.get(i).rate().middle()));
      table.number(Quantity.rate(dots.get(i).rate().low()));
      table.number(Quantity.rate(dots.get(i).rate().high())).end();
    }
    table.close();
    page.close("details");
  }

  /** The median rate with that of the slowest and of the fastest repetition. */
  private static Interval rate(Row row) {
    Nanos nanos = row.measurement().samples().totalNanos();
    Distribution times = Distribution.of(nanos);
    return new Interval(
        row.rate(times.maximum()), row.rate(times.median()), row.rate(times.minimum()));
  }
}
