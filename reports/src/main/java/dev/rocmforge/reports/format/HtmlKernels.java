package dev.rocmforge.reports.format;

import dev.rocmforge.reports.chart.BoundsChart;
import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Errors of kernels against the bounds derived for them. */
final class HtmlKernels {
  /** Of a check that {@code validate kernels} writes: {@code kernel q4_k/gemv:...}. */
  private static final String PREFIX = "kernel ";

  private static final String SHARE = "largest error / bound";
  private static final String NONE = "–";
  private static final int MOST_FAILURES = 20;

  private HtmlKernels() {}

  static void section(Markup page, Report report) {
    Map<String, List<CheckRecord>> kernels = new TreeMap<>();
    List<CheckRecord> checks = new ArrayList<>(report.kernelChecks());
    report.shown().forEach(run -> checks.addAll(run.checks()));
    for (CheckRecord check : checks) {
      if (check.name().startsWith(PREFIX)) {
        kernels.computeIfAbsent(path(check), path -> new ArrayList<>()).add(check);
      }
    }
    if (kernels.isEmpty()) {
      return;
    }
    page.section("kernels", "Kernel errors against their bounds");
    List<BoundsChart.Dot> dots = new ArrayList<>();
    kernels.forEach(
        (path, of) ->
            worst(of, SHARE)
                .ifPresent(
                    share ->
                        dots.add(
                            new BoundsChart.Dot(path, share, Quantity.figure(share), passed(of)))));
    if (!dots.isEmpty()) {
      String title = "Worst error of each kernel";
      HtmlSpeed.figure(
          page,
          title,
          "Against double arithmetic; at 1 the bound derived for the kernel is used up.",
          BoundsChart.svg(page.id("bounds"), title, dots));
    }
    table(page, kernels);
    failures(page, kernels);
    page.close("section");
  }

  private static String path(CheckRecord check) {
    String id = check.name().substring(PREFIX.length());
    int end = id.indexOf(':');
    return end < 0 ? id : id.substring(0, end);
  }

  private static boolean passed(List<CheckRecord> checks) {
    return checks.stream().noneMatch(check -> check.verdict() == CheckVerdict.FAILED);
  }

  private static void table(Markup page, Map<String, List<CheckRecord>> kernels) {
    HtmlTable table =
        HtmlTable.open(
            page,
            "kernel-table",
            "Cases of each kernel and the worst of them",
            "Kernel",
            "Verdict",
            "#Cases",
            "#Failed",
            "#Error / bound",
            "#NMSE",
            "#Relative L2");
    kernels.forEach(
        (path, of) -> {
          table.row(path).cell(passed(of) ? "passed" : "FAILED").number("" + of.size());
          table.number("" + of.stream().filter(c -> c.verdict() == CheckVerdict.FAILED).count());
          for (String name : List.of(SHARE, "NMSE", "relative L2 error")) {
            table.number(worst(of, name).map(Quantity::figure).orElse(NONE));
          }
          table.end();
        });
    table.close();
  }

  private static void failures(Markup page, Map<String, List<CheckRecord>> kernels) {
    List<CheckRecord> failed =
        kernels.values().stream()
            .flatMap(List::stream)
            .filter(check -> check.verdict() == CheckVerdict.FAILED)
            .toList();
    if (failed.isEmpty()) {
      return;
    }
    HtmlTable table =
        HtmlTable.open(
            page,
            "kernel-failures",
            "Failed cases, " + Math.min(MOST_FAILURES, failed.size()) + " of " + failed.size(),
            "Case",
            "What was found");
    for (CheckRecord check : failed.subList(0, Math.min(MOST_FAILURES, failed.size()))) {
      table.row(check.name().substring(PREFIX.length())).cell(check.reason().orElse("")).end();
    }
    table.close();
  }

  private static Optional<Double> worst(List<CheckRecord> checks, String name) {
    OptionalDouble worst =
        checks.stream()
            .flatMap(check -> check.figures().stream())
            .filter(figure -> figure.name().equals(name) && !Double.isNaN(figure.value()))
            .mapToDouble(Figure::value)
            .max();
    return worst.isPresent() ? Optional.of(worst.getAsDouble()) : Optional.empty();
  }
}
