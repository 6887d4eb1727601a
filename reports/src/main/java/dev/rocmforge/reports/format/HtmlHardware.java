package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.RateChart;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Ranking;
import dev.rocmforge.reports.stats.Roof;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Throughput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Many machines on one page: who is fastest at the same work, and who uses its memory best. */
public final class HtmlHardware {
  private static final String NONE = "–";
  private static final int NAME_CHARACTERS = 48;
  private static final int MOST_MACHINES = 8;

  private HtmlHardware() {}

  /** The page of runs of many machines, oldest first, at least one. */
  public static String page(List<RunRecord> runs) {
    Ranking ranking = Ranking.of(runs);
    Markup main = new Markup();
    main.section("ranking", "Ranking");
    if (ranking.contests().isEmpty()) {
      main.element("p", "Nothing compares: no two machines did the same work.");
    }
    main.scope("", 3);
    for (int i = 0; i < ranking.contests().size(); i++) {
      contest(main, ranking.contests().get(i), i);
    }
    main.scope("", 2).close("section");
    HtmlComparison.refusals(main, ranking.refusals());
    HtmlMachines.differences(main, newest(runs));
    return Html.document(
        "Hardware · rocmforge benchmark",
        page -> {
          page.open("header");
          page.element("p", "rocmforge hardware", "class", "overline");
          int machines = machines(runs).size();
          page.element("h1", HtmlHeader.counted(machines, "machine"));
          page.element(
              "p",
              "Ranked by the same work: same model bytes, prompt, depth, KV cache type and device"
                  + " runtime, with checked output. Shares are of the memory bandwidth measured on"
                  + " the machine, or specified by its maker where none was measured.",
              "class",
              "lede");
          runs.stream()
              .map(run -> run.subject().deviceRuntime())
              .distinct()
              .sorted()
              .forEach(runtime -> HtmlRun.runtime(page, runtime));
          page.close("header");
        },
        main);
  }

  private static void contest(Markup page, Ranking.Contest contest, int number) {
    Row first = contest.rows().getFirst();
    String model = HtmlRun.name(first.run());
    page.section("contest-" + number, Html.shortened(first.name(), NAME_CHARACTERS) + ", " + model);
    HtmlTable table =
        HtmlTable.open(
            page,
            "contest-table-" + number,
            "Highest rate first; 95 % intervals of the median",
            "Rank",
            "Machine",
            "#" + first.measurement().workload().unit(),
            "#95 % interval",
            "#of the fastest",
            "#GB/s moved",
            "#of bandwidth",
            "Bandwidth");
    List<RateChart.Bar> rates = new ArrayList<>();
    List<RateChart.Bar> shares = new ArrayList<>();
    double fastest = first.rate(first.medianNanos());
    int rank = 1;
    for (Row row : contest.rows()) {
      Interval rate = Throughput.tokensPerSecond(row.measurement()).orElseThrow();
      table.row("" + rank++).cell(machine(row)).number(Quantity.rate(rate.middle()));
      table.number(Quantity.range(rate)).number(Quantity.percent(rate.middle() / fastest));
      table.number(
          Throughput.gigabytesPerSecond(row.measurement())
              .map(r -> Quantity.gigabytesPerSecond(r.middle()))
              .orElse(NONE));
      table.number(HtmlComparison.share(row)).cell(roof(row)).end();
      rates.add(new RateChart.Bar(machine(row), rate, Quantity.rate(rate.middle())));
      Roof.share(row)
          .ifPresent(
              share ->
                  shares.add(
                      new RateChart.Bar(
                          machine(row), share.times(100), Quantity.percent(share.middle()))));
    }
    table.close();
    page.open("div", "class", "pairs");
    chart(page, "rates-" + number, "Speed", "tokens per second", rates);
    if (!shares.isEmpty()) {
      chart(page, "shares-" + number, "Use of the memory", "percent of its bandwidth", shares);
    }
    page.close("div").close("section");
  }

  private static void chart(
      Markup page, String id, String title, String unit, List<RateChart.Bar> bars) {
    HtmlSpeed.figure(
        page, title, "Bars begin at zero.", RateChart.svg(page.id(id), title, unit, bars));
  }

  private static String roof(Row row) {
    return Roof.of(row.run().environment())
        .map(r -> Quantity.rate(r.gigabytesPerSecond()) + " GB/s, " + r.origin().words())
        .orElse("unknown");
  }

  static String machine(Row row) {
    return Html.shortened(row.hardware(), NAME_CHARACTERS)
        + (", " + Html.shortened(row.run().environment().host(), NAME_CHARACTERS))
        + (", " + HtmlHeader.counted(row.measurement().workload().threads(), "thread"));
  }

  private static Map<String, RunRecord> machines(List<RunRecord> runs) {
    Map<String, RunRecord> machines = new LinkedHashMap<>();
    runs.forEach(run -> machines.put(run.environment().host() + "\n" + Row.hardware(run), run));
    return machines;
  }

  private static List<RunRecord> newest(List<RunRecord> runs) {
    return machines(runs).values().stream().limit(MOST_MACHINES).toList();
  }
}
