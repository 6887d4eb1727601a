package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Row;
import java.util.HexFormat;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The part of the page that stands behind the speeds: checks, method, machine, raw samples. */
final class HtmlFacts {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int LONG_VALUE = 400;

  private HtmlFacts() {}

  static void checks(Markup page, RunRecord record) {
    page.section("checks", "Checks");
    if (record.checks().isEmpty()) {
      page.element("p", "No check ran: these speeds are UNCHECKED.").close("section");
      return;
    }
    HtmlTable table =
        HtmlTable.open(
            page,
            "checks-table",
            "Whether the output of this very run was right",
            "Check",
            "Verdict",
            "Figures",
            "Reason");
    for (CheckRecord check : record.checks()) {
      table.row(check.name()).cell(check.verdict().label());
      table.cell(figures(check));
      table.cell(check.reason().orElse("")).end();
    }
    table.close();
    page.close("section");
  }

  /** What a check looked at, in words: {@code relative L2 error 3.10e-07 (limit 1.00e-04)}. */
  static String figures(CheckRecord check) {
    return check.figures().stream().map(HtmlFacts::figure).collect(Collectors.joining("; "));
  }

  private static String figure(Figure figure) {
    String unit = figure.unit().isEmpty() ? "" : " " + figure.unit();
    OptionalDouble limit = figure.limit();
    return figure.name()
        + " "
        + Quantity.figure(figure.value())
        + unit
        + (limit.isPresent() ? " (limit " + Quantity.figure(limit.getAsDouble()) + unit + ")" : "");
  }

  static void method(Markup page, RunRecord record) {
    page.section("method", "How it was measured");
    page.element(
        "p",
        "Each workload ran a warm-up that is not counted, then its repetitions. The time of every"
            + " repetition, and of every generated token, was kept as measured; nothing was"
            + " averaged or left out. The interval is a 95 % bootstrap interval of the median: it"
            + " covers the spread within this run, not the one from run to run.");
    if (record.measurements().isEmpty()) {
      page.close("section");
      return;
    }
    HtmlTable table =
        HtmlTable.open(
            page,
            "method-table",
            "What was asked for",
            "Workload",
            "#Prompt",
            "#Generated",
            "#Depth",
            "#Batch",
            "#Threads",
            "KV cache",
            "Preset",
            "#Seed",
            "Warm-up");
    for (Measurement m : record.measurements()) {
      Workload w = m.workload();
      table
          .row(new Row(record, m).name())
          .number("" + w.promptTokens())
          .number("" + w.generatedTokens());
      table.number("" + w.depth()).number("" + w.batch()).number("" + w.threads());
      table.cell(w.kvType()).cell(w.preset() + settings(w.settings())).number("" + w.seed());
      table.cell(w.warmUp().repetitions() + " repetitions; " + w.warmUp().judgement()).end();
    }
    table.close();
    page.close("section");
  }

  private static String settings(SortedMap<String, String> settings) {
    return settings.isEmpty()
        ? ""
        : settings.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  static void environment(Markup page, RunRecord record) {
    page.section("environment", "Model, build and machine");
    page.open("dl");
    RunFacts.of(record).forEach((name, value) -> fact(page, name, value));
    page.close("dl").close("section");
  }

  /** A value that is long may scroll, and then the keyboard must reach it. */
  private static void fact(Markup page, String name, String value) {
    boolean hash = HASH.matcher(value).matches();
    page.open("div").open("dt").foreign(name).close("dt");
    page.open("dd");
    if (hash) {
      page.element("code", value);
    } else if (value.length() > LONG_VALUE) {
      String[] group = {"class", "long", "tabindex", "0", "role", "group", "aria-label", ""};
      group[group.length - 1] = Html.shortened(name);
      page.open("div", group).foreign(value).close("div");
    } else {
      page.foreign(value);
    }
    page.close("dd").close("div");
  }

  static void samples(Markup page, RunRecord record) {
    page.section("samples", "Raw samples");
    for (int i = 0; i < record.measurements().size(); i++) {
      Measurement m = record.measurements().get(i);
      int count = m.samples().repetitions().size();
      page.open("details").open("summary").foreign(new Row(record, m).name());
      page.text(": " + count + (count == 1 ? " repetition" : " repetitions")).close("summary");
      repetitions(page, "samples-" + i, m);
      page.open("p", "class", "note").text("Warm-up, not counted, in nanoseconds: ");
      page.text(m.samples().warmUpNanos().isEmpty() ? "none" : list(m)).close("p");
      page.close("details");
    }
    page.open("details").element("summary", "The whole record as JSON, every token included");
    page.open("pre", "tabindex", "0").text(json(record)).close("pre");
    page.close("details").close("section");
  }

  /** Characters that turn the writing direction stay exact, as JSON's own escapes. */
  private static String json(RunRecord record) {
    return Pattern.compile("[\\u202a-\\u202e\\u2066-\\u2069]")
        .matcher(RecordCodec.pretty(record))
        .replaceAll(found -> "\\\\u" + HexFormat.of().toHexDigits(found.group().charAt(0)));
  }

  private static String list(Measurement m) {
    String brackets = m.samples().warmUpNanos().toString();
    return brackets.substring(1, brackets.length() - 1);
  }

  private static void repetitions(Markup page, String id, Measurement m) {
    HtmlTable table =
        HtmlTable.open(
            page,
            id,
            "Every counted repetition of " + m.workload().name(),
            "Repetition",
            "#Nanoseconds",
            "#First token, nanoseconds",
            "#tokens/s");
    int number = 1;
    for (Samples.Repetition repetition : m.samples().repetitions()) {
      table.row("" + number++).number("" + repetition.totalNanos());
      table.number(
          repetition.firstTokenNanos().isPresent()
              ? "" + repetition.firstTokenNanos().getAsLong()
              : "–");
      table.number(Quantity.rate(m.tokensPerRepetition() * 1e9 / repetition.totalNanos())).end();
    }
    table.close();
  }
}
