package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.DepthChart;
import dev.rocmforge.reports.chart.TokenTimelineChart;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** The time to the first token and of each token after it, by depth and along the sequence. */
final class HtmlLatency {
  private static final String NONE = "–";
  private static final int MOST_TIMELINES = 3;
  private static final int TIMELINE_ROWS = 8;

  private HtmlLatency() {}

  static void section(Markup page, RunRecord run) {
    List<Row> decodes = new ArrayList<>();
    List<Row> firsts = new ArrayList<>();
    for (Row row : Row.of(run)) {
      if (!decoded(row.measurement()).isEmpty()) {
        decodes.add(row);
      }
      if (firstTokens(row.measurement()).length > 0) {
        firsts.add(row);
      }
    }
    if (decodes.isEmpty() && firsts.isEmpty()) {
      return;
    }
    page.section("latency", "Latency");
    if (!firsts.isEmpty()) {
      table(
          page,
          "ttft",
          "Milliseconds to the first token (TTFT): from the prompt's start to the logits that"
              + " choose it",
          firsts,
          true);
    }
    if (!decodes.isEmpty()) {
      table(
          page,
          "tpot",
          "Milliseconds per token after the first (TPOT), every token",
          decodes,
          false);
    }
    depths(page, decodes, false);
    depths(
        page,
        firsts.stream()
            .filter(row -> row.measurement().workload().kind() == Workload.Kind.PREFILL)
            .toList(),
        true);
    for (int i = 0; i < Math.min(MOST_TIMELINES, decodes.size()); i++) {
      timeline(page, decodes.get(i), i);
    }
    if (decodes.size() > MOST_TIMELINES) {
      int more = decodes.size() - MOST_TIMELINES;
      page.element("p", "The samples hold the tokens of " + more + " more.", "class", "note");
    }
    page.close("section");
  }

  private static void table(
      Markup page, String id, String caption, List<Row> rows, boolean firstToken) {
    HtmlTable table =
        HtmlTable.open(
            page,
            id,
            caption,
            "Workload",
            "#Depth",
            "#Median",
            "#90th percentile",
            "#99th percentile",
            "#Slowest",
            "#Samples");
    for (Row row : rows) {
      Distribution times = times(row, firstToken);
      table.row(row.name()).number("" + row.measurement().workload().depth());
      table.number(Quantity.milliseconds(times.median()));
      // A percentile beyond the samples' number would be the slowest under another name.
      table.number(times.size() >= 10 ? Quantity.milliseconds(times.percentile(90)) : NONE);
      table.number(times.size() >= 100 ? Quantity.milliseconds(times.percentile(99)) : NONE);
      table.number(Quantity.milliseconds(times.maximum())).number("" + times.size()).end();
    }
    table.close();
  }

  private static Distribution times(Row row, boolean firstToken) {
    return Distribution.of(
        firstToken
            ? firstTokens(row.measurement())
            : decoded(row.measurement()).stream()
                .flatMapToLong(r -> LongStream.of(r.tokenNanos().toArray()))
                .asDoubleStream()
                .toArray());
  }

  /** One chart where the same workload ran at several depths. */
  private static void depths(Markup page, List<Row> rows, boolean firstToken) {
    Map<String, TreeMap<Integer, DepthChart.Point>> byName = new TreeMap<>();
    for (Row row : rows) {
      Workload work = row.measurement().workload();
      Distribution times = times(row, firstToken);
      String base =
          work.kind() == Workload.Kind.PREFILL
              ? "pp" + work.promptTokens()
              : "tg" + work.generatedTokens();
      byName
          .computeIfAbsent(base + ", " + work.threads() + " threads", name -> new TreeMap<>())
          .put(
              work.depth(),
              new DepthChart.Point(
                  work.depth(),
                  times.median() / 1e6,
                  times.percentile(90) / 1e6,
                  times.percentile(99) / 1e6));
    }
    byName.forEach(
        (name, points) -> {
          if (points.size() > 1) {
            String what = firstToken ? "Time to the first token" : "Time per token";
            String title = what + " by depth, " + name;
            String id =
                page.id((firstToken ? "ttft-" : "tpot-") + name.replaceAll("[^a-z0-9]+", "-"));
            HtmlSpeed.figure(
                page,
                title,
                "Median, 90th and 99th percentile; the table above has the figures.",
                DepthChart.svg(
                    id,
                    title,
                    firstToken ? "milliseconds" : "milliseconds per token",
                    List.copyOf(points.values())));
          }
        });
  }

  private static void timeline(Markup page, Row row, int number) {
    String title = "Time of each token, " + row.name() + HtmlSpeed.flag(row.run());
    List<Samples.Repetition> repetitions = decoded(row.measurement());
    HtmlSpeed.figure(
        page,
        title,
        "Line: median of the repetitions. Band: fastest to slowest. The axis need not begin at"
            + " zero.",
        TokenTimelineChart.svg(page.id("timeline-" + number), title, repetitions));
    page.open("details").element("summary", "The same as a table");
    HtmlTable table =
        HtmlTable.open(
            page,
            "timeline-table-" + number,
            "Milliseconds per token along the sequence, all repetitions",
            "Tokens",
            "#Fastest",
            "#Median",
            "#Slowest");
    int tokens = repetitions.stream().mapToInt(r -> r.tokenNanos().size()).max().orElseThrow();
    int step = (tokens + TIMELINE_ROWS - 1) / TIMELINE_ROWS;
    for (int first = 0; first < tokens; first += step) {
      int from = first;
      Distribution part =
          Distribution.of(
              repetitions.stream()
                  .flatMapToLong(
                      r -> LongStream.of(r.tokenNanos().toArray()).skip(from).limit(step))
                  .asDoubleStream()
                  .toArray());
      table.row((first + 1) + " to " + Math.min(tokens, first + step));
      table.number(Quantity.milliseconds(part.minimum()));
      table.number(Quantity.milliseconds(part.median()));
      table.number(Quantity.milliseconds(part.maximum())).end();
    }
    table.close();
    page.close("details");
  }

  /** Of a decode where it was measured; of a prefill its whole time. */
  private static double[] firstTokens(Measurement m) {
    return switch (m.workload().kind()) {
      case PREFILL -> LongStream.of(m.samples().totalNanos().toArray()).asDoubleStream().toArray();
      case DECODE ->
          m.samples().repetitions().stream()
              .map(Samples.Repetition::firstTokenNanos)
              .filter(OptionalLong::isPresent)
              .mapToDouble(OptionalLong::getAsLong)
              .toArray();
      case OPERATION -> new double[0];
    };
  }

  private static List<Samples.Repetition> decoded(Measurement measurement) {
    return measurement.samples().repetitions().stream()
        .filter(repetition -> !repetition.tokenNanos().isEmpty())
        .toList();
  }
}
