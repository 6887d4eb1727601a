package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.Environment;
import dev.rocmforge.reports.record.Figure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import java.util.HexFormat;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The part of the page that stands behind the speeds: checks, method, machine, raw samples. */
final class HtmlFacts {
  private HtmlFacts() {}

  static void checks(Markup page, RunRecord record) {
    page.open("section", "aria-labelledby", "checks").element("h2", "Checks", "id", "checks");
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
    page.open("section", "aria-labelledby", "method");
    page.element("h2", "How it was measured", "id", "method");
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
      table.row(w.name()).number("" + w.promptTokens()).number("" + w.generatedTokens());
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
    page.open("section", "aria-labelledby", "environment");
    page.element("h2", "Model, build and machine", "id", "environment");
    page.open("dl");
    model(page, record.subject().model());
    build(page, record.subject().build());
    Environment e = record.environment();
    e.device()
        .ifPresent(
            d -> {
              fact(page, "Device", d.name() + " (" + d.architecture() + ")");
              fact(page, "Device memory", Quantity.memory(d.memoryBytes()));
              fact(page, "Device runtime", d.runtimeVersion() + ", driver " + d.driverVersion());
            });
    fact(page, "Host", e.host());
    fact(page, "System", e.os());
    fact(page, "Processor", e.cpuModel() + ", " + e.cores() + " logical cores");
    fact(page, "Memory", Quantity.memory(e.memoryBytes()));
    fact(page, "JVM", e.jvm());
    fact(page, "JVM flags", e.jvmFlags().isEmpty() ? "none" : String.join(" ", e.jvmFlags()));
    fact(
        page,
        "Load before the run",
        e.loadAverage().isPresent()
            ? Quantity.figure(e.loadAverage().getAsDouble()) + " (1 minute)"
            : "unknown");
    e.variables().forEach((name, value) -> fact(page, name, value));
    page.close("dl").close("section");
  }

  private static void model(Markup page, ModelFile model) {
    fact(page, "Model", model.name());
    fact(page, "File", model.fileName() + ", " + Quantity.bytes(model.fileBytes()));
    hash(page, "Model SHA-256", model.sha256());
    fact(
        page,
        "Tensors",
        model.tensorTypes().stream()
            .map(t -> t.tensors() + " × " + t.type() + " (" + Quantity.bytes(t.bytes()) + ")")
            .collect(Collectors.joining(", ")));
  }

  private static void build(Markup page, Build build) {
    String commit = build.gitCommit().map(c -> ", commit " + c).orElse("");
    fact(page, "rocmforge", build.rocmforgeVersion() + commit);
    build.jarSha256().ifPresent(hash -> hash(page, "Engine jar SHA-256", hash));
    build.kernelSha256().forEach((kernel, hash) -> hash(page, "Kernel " + kernel, hash));
  }

  private static void fact(Markup page, String name, String value) {
    page.open("div").open("dt").foreign(name).close("dt");
    page.open("dd").foreign(value).close("dd").close("div");
  }

  private static void hash(Markup page, String name, String hash) {
    page.open("div").open("dt").foreign(name).close("dt");
    page.open("dd").element("code", hash).close("dd").close("div");
  }

  static void samples(Markup page, RunRecord record) {
    page.open("section", "aria-labelledby", "samples")
        .element("h2", "Raw samples", "id", "samples");
    for (int i = 0; i < record.measurements().size(); i++) {
      Measurement m = record.measurements().get(i);
      int count = m.samples().repetitions().size();
      page.open("details").open("summary").foreign(m.workload().name());
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
