package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Throughput;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Documented and measured figures side by side, with the caveats and the runs in full. */
public final class HtmlReproduction {
  private static final String NONE = "–";

  private HtmlReproduction() {}

  /** The page of benchmarks that ran, at least one. */
  public static String page(List<Reproduction> all) {
    Markup main = new Markup();
    main.section("figures", "Documented and measured");
    table(main, all);
    main.element(
        "p",
        "Documented figures are averages from one machine, on 10 April 2026; measured ones are"
            + " medians. Another card has another figure: the share of bandwidth compares.",
        "class",
        "note");
    main.close("section");
    caveats(main, all);
    List<RunRecord> runs = all.stream().map(Reproduction::run).toList();
    HtmlRun.latest(main, runs);
    HtmlMachines.differences(main, runs);
    HtmlRun.samples(main, new Report(runs, List.of(), List.of(), runs.size(), Optional.empty()));
    return Html.document(
        "Reproduction · rocmforge benchmark",
        page -> {
          page.open("header");
          page.element("p", "rocmforge reproduce", "class", "overline");
          page.element("h1", "The documented benchmarks");
          HtmlHeader.lede(page, runs.getFirst());
          runs.stream()
              .map(run -> run.subject().deviceRuntime())
              .distinct()
              .sorted()
              .forEach(runtime -> HtmlRun.runtime(page, runtime));
          page.close("header");
        },
        main);
  }

  private static void table(Markup page, List<Reproduction> all) {
    HtmlTable table =
        HtmlTable.open(
            page,
            "figures-table",
            "Tokens per second",
            "Phase",
            "Output",
            "#Documented",
            "#Measured",
            "#95 % interval",
            "#Measured / documented",
            "#of memory bandwidth",
            "#Runs");
    for (Reproduction one : all) {
      String bytes = one.run().subject().model().sha256().substring(0, 12);
      table.group(one.title() + " (" + one.model() + ", sha256 " + bytes + "…)");
      for (Workload.Kind kind : List.of(Workload.Kind.PREFILL, Workload.Kind.DECODE)) {
        one.row(kind).ifPresent(row -> row(table, one, row, kind));
      }
    }
    table.close();
  }

  private static void row(HtmlTable table, Reproduction one, Row row, Workload.Kind kind) {
    Interval rate = Throughput.tokensPerSecond(row.measurement()).orElseThrow();
    OptionalDouble documented = one.documented(kind);
    int prompt = row.measurement().workload().promptTokens();
    table.row(
        kind == Workload.Kind.PREFILL
            ? "Prefill of " + HtmlHeader.counted(prompt, "token")
            : "Decode of "
                + HtmlHeader.counted(row.measurement().workload().generatedTokens(), "token"));
    table.cell(row.run().correctness().label());
    table.number(documented.isPresent() ? Quantity.rate(documented.getAsDouble()) : NONE);
    table.number(Quantity.rate(rate.middle())).number(Quantity.range(rate));
    table.number(
        documented.isPresent() ? Quantity.percent(rate.middle() / documented.getAsDouble()) : NONE);
    table.number(HtmlComparison.share(row));
    table.number("" + row.measurement().samples().repetitions().size()).end();
  }

  private static void caveats(Markup page, List<Reproduction> all) {
    page.section("caveats", "Caveats");
    page.open("ul");
    all.stream()
        .flatMap(one -> one.caveats().stream().map(caveat -> one.title() + ": " + caveat))
        .distinct()
        .forEach(caveat -> page.open("li").foreign(caveat).close("li"));
    all.stream()
        .map(Reproduction::prefillCaveat)
        .distinct()
        .forEach(caveat -> page.element("li", caveat));
    page.close("ul").close("section");
  }
}
