package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One self-contained page for one record: no network, no script, light and dark, made for paper and
 * screen readers too. A pure function of the record: remade, it has the same bytes.
 */
public final class Html {
  private static final int TITLE_CHARACTERS = 120;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private Html() {}

  public static String page(RunRecord record) {
    Markup page = new Markup();
    String name = shortened(record.subject().model().name());
    page.trusted("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
    page.trusted("<meta charset=\"utf-8\">\n");
    page.trusted("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.trusted("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.element("title", name + " · rocmforge benchmark");
    page.open("style").trusted("\n" + style()).close("style").close("head").open("body");
    header(page, record, name);
    page.open("main");
    HtmlSpeed.summary(page, record);
    HtmlSpeed.charts(page, record);
    HtmlSpeed.latency(page, record);
    HtmlFacts.checks(page, record);
    HtmlFacts.method(page, record);
    HtmlFacts.environment(page, record);
    HtmlFacts.samples(page, record);
    page.close("main");
    footer(page, record);
    return page.close("body").close("html").toString();
  }

  private static void header(Markup page, RunRecord record, String name) {
    Subject subject = record.subject();
    ModelFile model = subject.model();
    page.open("header");
    page.element("p", "rocmforge benchmark", "class", "overline");
    page.open("h1").foreign(name).close("h1");
    page.open("p", "class", "lede").foreign(shortened(model.architecture()));
    page.text(" · " + Quantity.count(model.parameters()) + " parameters");
    if (!model.tensorTypes().isEmpty()) {
      page.text(" · ").foreign(shortened(model.tensorTypes().getFirst().type()));
    }
    page.text(" · " + Quantity.bytes(model.fileBytes())).close("p");
    page.open("p", "class", "lede").text("Backend ");
    page.element("strong", subject.backend().label());
    page.text(" on device runtime ").element("strong", subject.deviceRuntime().label());
    page.text(" · ").foreign(shortened(hardware(record)));
    page.text(" · ");
    page.element(
        "time",
        TIME.format(record.environment().timestamp()),
        "datetime",
        record.environment().timestamp().toString());
    page.close("p");
    verdict(page, record);
    page.close("header");
  }

  private static String hardware(RunRecord record) {
    return record
        .environment()
        .device()
        .map(device -> device.name() + " (" + device.architecture() + ")")
        .orElse(record.environment().cpuModel());
  }

  private static void verdict(Markup page, RunRecord record) {
    switch (record.correctness()) {
      case PASSED ->
          banner(page, "good", "Output checked: passed.", " The speeds below are of right output.");
      case FAILED ->
          banner(page, "bad", "Output checked: FAILED.", " The speeds below are void: see Checks.");
      case UNCHECKED ->
          banner(
              page,
              "warn",
              "UNCHECKED.",
              " No check of this run's output passed or failed; its speeds prove nothing.");
    }
    if (record.status().completeness() == Status.Completeness.PARTIAL) {
      page.open("p", "class", "banner warn").element("strong", "Partial run.").text(" ");
      page.foreign(record.status().reason().orElseThrow()).close("p");
    }
    switch (record.subject().deviceRuntime()) {
      case CPU, AMD -> {}
      case CPU_EMULATION ->
          banner(page, "warn", "Emulated device.", " These times say nothing about a GPU.");
      case NVIDIA -> banner(page, "warn", "Stand-in device.", " HIP kernels ran on an NVIDIA GPU.");
    }
  }

  private static void banner(Markup page, String kind, String strong, String rest) {
    page.open("p", "class", "banner " + kind).element("strong", strong).text(rest).close("p");
  }

  private static void footer(Markup page, RunRecord record) {
    page.open("footer").open("p").text("Made by rocmforge ");
    page.foreign(record.subject().build().rocmforgeVersion());
    page.text(
        " from one run record, schema version "
            + record.schemaVersion()
            + ". Every figure is computed from the raw samples on this page.");
    page.close("p").close("footer");
  }

  /** A foreign name fit for a heading; the facts below show it whole. */
  static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= TITLE_CHARACTERS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, TITLE_CHARACTERS)) + "…";
  }

  private static String style() {
    try (InputStream in = Html.class.getResourceAsStream("page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
