package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.DeviceRuntime;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.stats.Row;
import java.util.List;
import java.util.stream.Collectors;

/** The parts of a page that show one run in full. */
final class HtmlRun {
  private static final int NAME_CHARACTERS = 60;
  private static final int SUMMARY_ROWS = 2;

  private HtmlRun() {}

  /** What was measured, of the page's only run. */
  static void speed(Markup page, RunRecord run) {
    HtmlSpeed.summary(page, run);
    HtmlSpeed.charts(page, run);
    HtmlLatency.section(page, run);
  }

  /** What stands behind it, of the page's only run. */
  static void facts(Markup page, RunRecord run) {
    HtmlFacts.checks(page, run);
    HtmlFacts.method(page, run);
    HtmlFacts.environment(page, run);
    HtmlFacts.samples(page, run);
  }

  /** The newest runs, each with everything but its samples. */
  static void latest(Markup page, List<RunRecord> runs) {
    page.section("latest", runs.size() == 1 ? "Newest run" : "Newest runs");
    page.element(
        "p",
        "The newest run of each model on each machine. Bars and tables show medians with 95 %"
            + " bootstrap intervals of the spread within the run.");
    for (int i = 0; i < runs.size(); i++) {
      RunRecord run = runs.get(i);
      page.scope("run" + (i + 1) + "-", 3);
      summary(page, run, i == 0);
      page.scope("run" + (i + 1) + "-", 4);
      HtmlHeader.lede(page, run);
      banners(page, run);
      HtmlSpeed.summary(page, run);
      HtmlSpeed.charts(page, run);
      HtmlLatency.section(page, run);
      HtmlFacts.checks(page, run);
      HtmlFacts.method(page, run);
      page.close("details");
    }
    page.scope("", 2).close("section");
  }

  /** Opens the run under one line that says which it is and how fast. */
  private static void summary(Markup page, RunRecord run, boolean open) {
    if (open) {
      page.open("details", "class", "run", "open", "");
    } else {
      page.open("details", "class", "run");
    }
    page.open("summary").open("h3", "id", page.id("run")).foreign(name(run)).text(" on ");
    page.foreign(Html.shortened(run.environment().host(), NAME_CHARACTERS)).close("h3");
    String speeds =
        Row.of(run).stream()
            .limit(SUMMARY_ROWS)
            .map(
                row ->
                    Html.shortened(row.name(), NAME_CHARACTERS)
                        + (" " + Quantity.rate(row.rate(row.medianNanos())))
                        + (" " + row.measurement().workload().unit()))
            .collect(Collectors.joining(" · "));
    page.open("span").foreign(speeds);
    page.text(run.correctness() == Correctness.PASSED ? "" : " " + run.correctness().label());
    page.close("span").close("summary");
  }

  /** The samples of the newest runs, and where the others are. */
  static void samples(Markup page, Report report) {
    List<RunRecord> runs = report.shown();
    page.section("samples", "Raw samples");
    for (int i = 0; i < runs.size(); i++) {
      RunRecord run = runs.get(i);
      page.scope("run" + (i + 1) + "-", 3);
      page.open("details").open("summary").foreign(name(run)).text(" on ");
      page.foreign(Html.shortened(run.environment().host(), NAME_CHARACTERS)).close("summary");
      HtmlFacts.environment(page, run);
      HtmlFacts.samples(page, run);
      page.close("details");
    }
    page.scope("", 2);
    int hidden = report.runs().size() - runs.size();
    if (report.rest().isPresent() && hidden > 0) {
      String file = report.rest().orElseThrow();
      page.open("p", "class", "note").text("The other " + HtmlHeader.counted(hidden, "run"));
      page.text(" with every sample lie beside this page, one JSON record a line: ");
      page.open("a", "href", file).foreign(file).close("a").text(".").close("p");
    }
    page.close("section");
  }

  static void banners(Markup page, RunRecord run) {
    switch (run.correctness()) {
      case PASSED ->
          HtmlHeader.banner(
              page, "good", "Output checked: passed.", " The speeds below are of right output.");
      case FAILED ->
          HtmlHeader.banner(
              page, "bad", "Output checked: FAILED.", " The speeds below are void: see Checks.");
      case UNCHECKED ->
          HtmlHeader.banner(
              page,
              "warn",
              "UNCHECKED.",
              " No check of this run's output passed or failed; its speeds prove nothing.");
    }
    if (run.status().completeness() == Status.Completeness.PARTIAL) {
      page.open("p", "class", "banner warn").element("strong", "Partial run.").text(" ");
      page.foreign(run.status().reason().orElseThrow()).close("p");
    }
    runtime(page, run.subject().deviceRuntime());
  }

  /** What a stand-in's times are worth. */
  static void runtime(Markup page, DeviceRuntime runtime) {
    switch (runtime) {
      case CPU, AMD -> {}
      case CPU_EMULATION ->
          HtmlHeader.banner(
              page, "warn", "Emulated device.", " These times say nothing about a GPU.");
      case NVIDIA ->
          HtmlHeader.banner(page, "warn", "Stand-in device.", " HIP kernels ran on an NVIDIA GPU.");
    }
  }

  static String name(RunRecord run) {
    return Html.shortened(run.subject().model().name(), NAME_CHARACTERS);
  }
}
