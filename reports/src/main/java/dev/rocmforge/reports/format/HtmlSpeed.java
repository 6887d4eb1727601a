package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.RateChart;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Throughput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The part of the page about speed: headline, table, charts, token latency. */
final class HtmlSpeed {
  private static final String NONE = "–";

  private HtmlSpeed() {}

  static void summary(Markup page, RunRecord record) {
    page.section("speed", "Speed");
    page.open("div", "class", "headline");
    for (Workload.Kind kind : List.of(Workload.Kind.PREFILL, Workload.Kind.DECODE)) {
      headline(record, kind).ifPresent(m -> card(page, record, m));
    }
    page.close("div");
    if (record.measurements().isEmpty()) {
      page.element("p", "Nothing was measured.").close("section");
      return;
    }
    HtmlTable table =
        HtmlTable.open(
            page,
            "speed-table",
            "Tokens per second by workload: median of the repetitions with its 95 % interval",
            "Workload",
            "Output",
            "#tokens/s",
            "#95 % interval",
            "#GB/s moved",
            "#of memory bandwidth",
            "#Repetitions");
    for (Measurement m : record.measurements()) {
      Optional<Interval> rate = Throughput.tokensPerSecond(m);
      table.row(new Row(record, m).name()).cell(record.correctness().label());
      table.number(rate.map(r -> Quantity.rate(r.middle())).orElse(NONE));
      table.number(rate.map(Quantity::range).orElse(NONE));
      table.number(
          Throughput.gigabytesPerSecond(m)
              .map(r -> Quantity.gigabytesPerSecond(r.middle()))
              .orElse(NONE));
      table.number(
          Throughput.bandwidthShare(m, record.environment())
              .map(r -> Quantity.percent(r.middle()))
              .orElse(NONE));
      table.number(m.samples().repetitions().size() + " of " + m.workload().repetitions()).end();
    }
    table.close();
    bandwidth(page, record);
    page.close("section");
  }

  /** The longest measured workload of a kind at the smallest depth stands for it. */
  private static Optional<Measurement> headline(RunRecord record, Workload.Kind kind) {
    return record.measurements().stream()
        .filter(m -> m.workload().kind() == kind && !m.samples().repetitions().isEmpty())
        .min(
            Comparator.<Measurement>comparingInt(m -> m.workload().depth())
                .thenComparingInt(m -> -m.tokensPerRepetition()));
  }

  private static void card(Markup page, RunRecord record, Measurement measurement) {
    Interval rate = Throughput.tokensPerSecond(measurement).orElseThrow();
    String kind =
        switch (measurement.workload().kind()) {
          case PREFILL -> "Prefill";
          case DECODE -> "Decode";
          case OPERATION -> "Operation";
        };
    page.open("div", "class", "card");
    page.open("p", "class", "what").text(kind + " ");
    page.element("span", new Row(record, measurement).name()).close("p");
    page.open("p", "class", "rate").element("span", Quantity.rate(rate.middle()));
    page.text(" ").element("small", "tokens/s").close("p");
    page.element("p", Quantity.range(rate) + " (95 % interval)", "class", "detail");
    Throughput.bandwidthShare(measurement, record.environment())
        .ifPresent(
            share ->
                page.element(
                    "p",
                    Quantity.percent(share.middle()) + " of measured memory bandwidth",
                    "class",
                    "detail"));
    if (record.correctness() != Correctness.PASSED) {
      boolean failed = record.correctness() == Correctness.FAILED;
      page.element("p", record.correctness().label(), "class", failed ? "flag failed" : "flag");
    }
    page.close("div");
  }

  private static void bandwidth(Markup page, RunRecord record) {
    Optional<Environment.Bandwidth> measured = record.environment().memoryBandwidth();
    page.open("p", "class", "note");
    if (measured.isEmpty()) {
      page.text("The memory bandwidth of this machine was not measured.");
    } else {
      page.text(
          "Memory bandwidth measured here: "
              + Quantity.gigabytesPerSecond(measured.get().gigabytesPerSecond())
              + " GB/s (");
      page.foreign(measured.get().method());
      page.text("). Bytes moved are declared by the engine, not counted by hardware.");
    }
    page.close("p");
  }

  static void charts(Markup page, RunRecord record) {
    for (Workload.Kind kind : Workload.Kind.values()) {
      String word =
          switch (kind) {
            case PREFILL -> "Prefill";
            case DECODE -> "Decode";
            case OPERATION -> "Operation";
          };
      List<RateChart.Bar> bars = new ArrayList<>();
      for (Measurement m : record.measurements()) {
        if (m.workload().kind() == kind) {
          String name = new Row(record, m).name();
          Throughput.tokensPerSecond(m)
              .ifPresent(
                  rate -> bars.add(new RateChart.Bar(name, rate, Quantity.rate(rate.middle()))));
        }
      }
      if (!bars.isEmpty()) {
        String id = page.id("chart-" + word.toLowerCase(Locale.ROOT));
        String title = word + " speed by workload" + flag(record);
        String unit =
            kind == Workload.Kind.OPERATION ? "operations per second" : "tokens per second";
        figure(
            page,
            title,
            "Bars begin at zero; the mark is the median, its whisker the 95 % interval.",
            RateChart.svg(id, title, unit, bars));
      }
    }
  }

  static String flag(RunRecord record) {
    return record.correctness() == Correctness.PASSED
        ? ""
        : " (" + record.correctness().label() + ")";
  }

  static void figure(Markup page, String title, String note, String svg) {
    page.open("figure").open("figcaption").element("strong", title);
    page.text(" ").element("span", note).close("figcaption");
    String label = title + ", " + note;
    page.open("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label", label);
    page.trusted(svg).close("div").close("figure");
  }
}
