package dev.rocmforge.bench.cli;

import dev.rocmforge.validation.kernel.KernelVerdict;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Verdicts by kernel: cases, failures and the worst of each measure. */
final class KernelTable {
  private KernelTable() {}

  static void print(PrintWriter out, List<KernelVerdict> verdicts) {
    Map<String, List<KernelVerdict>> byPath = new TreeMap<>();
    for (KernelVerdict verdict : verdicts) {
      byPath.computeIfAbsent(verdict.of().path(), path -> new ArrayList<>()).add(verdict);
    }
    out.printf("%-26s %5s %6s %11s %9s%n", "kernel", "cases", "failed", "error/bound", "NMSE");
    byPath.forEach(
        (path, all) ->
            out.printf(
                Locale.ROOT,
                "%-26s %5d %6d %11.3f %9.1e%n",
                path,
                all.size(),
                all.stream().filter(verdict -> !verdict.passed()).count(),
                worst(all, true),
                worst(all, false)));
  }

  private static double worst(List<KernelVerdict> all, boolean share) {
    return all.stream()
        .flatMap(verdict -> verdict.accuracy().stream())
        .mapToDouble(accuracy -> share ? accuracy.boundShare() : accuracy.nmse())
        .max()
        .orElse(Double.NaN);
  }
}
