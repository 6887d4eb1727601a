package dev.rocmforge.bench.cli;

import dev.rocmforge.reports.record.CheckRecord;
import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Figure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Verdicts by kernel: cases, failures and the worst of each measure. */
final class KernelTable {
  private static final String SHARE = "largest error / bound";
  private static final String NMSE = "NMSE";

  private KernelTable() {}

  static void print(PrintWriter out, List<CheckRecord> checks) {
    out.printf("%-26s %5s %6s %11s %9s%n", "kernel", "cases", "failed", "error/bound", "NMSE");
    byPath(checks)
        .forEach(
            (path, all) ->
                out.printf(
                    Locale.ROOT,
                    "%-26s %5d %6d %11.3f %9.1e%n",
                    path,
                    all.size(),
                    failed(all),
                    worst(all, SHARE),
                    worst(all, NMSE)));
  }

  private static Map<String, List<CheckRecord>> byPath(List<CheckRecord> checks) {
    Map<String, List<CheckRecord>> byPath = new TreeMap<>();
    for (CheckRecord check : checks) {
      byPath.computeIfAbsent(KernelVerdicts.path(check), path -> new ArrayList<>()).add(check);
    }
    return byPath;
  }

  /** One check a kernel for a history, which names the first case that failed. */
  static List<CheckRecord> condensed(List<CheckRecord> checks) {
    List<CheckRecord> all = new ArrayList<>();
    byPath(checks)
        .forEach(
            (path, of) -> {
              List<Figure> figures =
                  List.of(
                      new Figure("cases", of.size(), java.util.OptionalDouble.empty(), ""),
                      Figure.atMost("failed cases", (double) failed(of), 0),
                      Figure.atMost(SHARE, worst(of, SHARE), 1),
                      new Figure(NMSE, worst(of, NMSE), java.util.OptionalDouble.empty(), ""));
              Optional<CheckRecord> first =
                  of.stream().filter(check -> check.verdict() == CheckVerdict.FAILED).findFirst();
              all.add(
                  first
                      .map(
                          check ->
                              CheckRecord.failed(
                                  "kernel " + path,
                                  KernelVerdicts.id(check) + ": " + check.reason().orElseThrow(),
                                  figures))
                      .orElseGet(() -> CheckRecord.passed("kernel " + path, figures)));
            });
    return all;
  }

  private static long failed(List<CheckRecord> all) {
    return all.stream().filter(check -> check.verdict() == CheckVerdict.FAILED).count();
  }

  private static double worst(List<CheckRecord> all, String figure) {
    return all.stream()
        .flatMap(check -> check.figures().stream())
        .filter(one -> one.name().equals(figure))
        .mapToDouble(Figure::value)
        .max()
        .orElse(Double.NaN);
  }
}
