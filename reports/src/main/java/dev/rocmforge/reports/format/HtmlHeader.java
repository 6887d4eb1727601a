package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Subject;
import dev.rocmforge.reports.stats.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The top of a page: what it is about, and what stands behind its figures. */
final class HtmlHeader {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private HtmlHeader() {}

  static String title(Report report) {
    return heading(report) + " · rocmforge benchmark";
  }

  /** The day of an instant, such as {@code 1 Mar 2026}. */
  static String day(Instant instant) {
    return DAY.format(instant);
  }

  private static String heading(Report report) {
    List<String> names =
        report.runs().stream().map(run -> run.subject().model().name()).distinct().toList();
    return switch (names.size()) {
      case 0 -> "Kernels";
      case 1 -> Html.shortened(names.getFirst());
      default -> names.size() + " models";
    };
  }

  static void write(Markup page, Report report) {
    page.open("header");
    page.element("p", "rocmforge benchmark", "class", "overline");
    page.open("h1").foreign(heading(report)).close("h1");
    if (report.runs().size() == 1) {
      one(page, report.runs().getFirst());
    } else if (!report.runs().isEmpty()) {
      many(page, report);
    }
    page.close("header");
  }

  private static void many(Markup page, Report report) {
    List<RunRecord> runs = report.runs();
    long machines =
        runs.stream()
            .map(run -> run.environment().host() + "\n" + Row.hardware(run))
            .distinct()
            .count();
    page.open("p", "class", "lede");
    page.text(counted(runs.size(), "run") + " on " + counted(machines, "machine") + ", ");
    String first = day(runs.getFirst().environment().timestamp());
    String last = day(runs.getLast().environment().timestamp());
    page.text(first.equals(last) ? first : first + " to " + last).close("p");
    long failed = runs.stream().filter(r -> r.correctness() == Correctness.FAILED).count();
    long unchecked = runs.stream().filter(r -> r.correctness() == Correctness.UNCHECKED).count();
    if (failed > 0) {
      String text = counted(failed, "run") + " with wrong output:";
      banner(page, "bad", text, " their speeds are void and enter no verdict.");
    }
    if (unchecked > 0) {
      String text = counted(unchecked, "run") + " UNCHECKED:";
      banner(page, "warn", text, " no check of the output passed; they enter no verdict.");
    }
    if (failed == 0 && unchecked == 0) {
      banner(page, "good", "Output checked in every run.", "");
    }
    long partial =
        runs.stream().filter(r -> r.status().completeness() == Status.Completeness.PARTIAL).count();
    if (partial > 0) {
      String text = counted(partial, "partial run") + ":";
      banner(page, "warn", text, " what was measured until the end came is shown.");
    }
    runs.stream()
        .map(run -> run.subject().deviceRuntime())
        .distinct()
        .sorted()
        .forEach(runtime -> HtmlRun.runtime(page, runtime));
  }

  /** {@code 1 run}, {@code 12 runs}. */
  static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static void one(Markup page, RunRecord run) {
    lede(page, run);
    HtmlRun.banners(page, run);
  }

  /** Two lines on what ran and where. */
  static void lede(Markup page, RunRecord run) {
    Subject subject = run.subject();
    ModelFile model = subject.model();
    page.open("p", "class", "lede").foreign(Html.shortened(model.architecture()));
    page.text(" · " + Quantity.count(model.parameters()) + " parameters");
    if (!model.tensorTypes().isEmpty()) {
      page.text(" · ").foreign(Html.shortened(model.tensorTypes().getFirst().type()));
    }
    page.text(" · " + Quantity.bytes(model.fileBytes())).close("p");
    page.open("p", "class", "lede").text("Backend ");
    page.element("strong", subject.backend().label());
    page.text(" on device runtime ").element("strong", subject.deviceRuntime().label());
    page.text(" · ").foreign(Html.shortened(Row.hardware(run)));
    page.text(" · ");
    Instant time = run.environment().timestamp();
    page.element("time", TIME.format(time), "datetime", time.toString());
    page.close("p");
  }

  static void banner(Markup page, String kind, String strong, String rest) {
    page.open("p", "class", "banner " + kind).element("strong", strong).text(rest).close("p");
  }
}
