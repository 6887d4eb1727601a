package dev.rocmforge.bench.sweep;

import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The cells of a sweep as a Markdown table. */
public final class SweepTable {
  private static final String HEAD =
      """
      | model | kernels | q8 | graph | KV | depth | output | prefill tok/s | against baseline | decode tok/s | against baseline |
      |---|---|---|---|---|---|---|---|---|---|---|
      """;

  private SweepTable() {}

  /** All cells in order; one that could not run says why. */
  public static String markdown(List<SweepCell.Result> results) {
    StringBuilder table = new StringBuilder(HEAD);
    results.forEach(result -> table.append(row(result)).append('\n'));
    return table.toString();
  }

  private static String row(SweepCell.Result result) {
    SweepCell cell = result.cell();
    String axes =
        "| %s | %s | %s | %s | %s | %d "
            .formatted(
                cell.model(),
                cell.kernels().word(),
                cell.q8() ? "on" : "off",
                cell.graph() ? "on" : "off",
                cell.kvType().word(),
                cell.depth());
    return switch (result) {
      case SweepCell.Absent absent -> axes + "| " + absent.reason() + " | | | | |";
      case SweepCell.Ran ran ->
          axes
              + "| %s | %s | %s | %s | %s |"
                  .formatted(
                      "%s %.1e".formatted(ran.right() ? "right" : "WRONG", ran.error()),
                      rate(ran.right(), Throughput.tokensPerSecond(ran.prefill())),
                      ran.prefillSpeedUp().map(SweepTable::times).orElse("baseline"),
                      rate(ran.right(), Throughput.tokensPerSecond(ran.decode())),
                      ran.decodeSpeedUp().map(SweepTable::times).orElse("baseline"));
    };
  }

  /** A speed without a right output is void. */
  private static String rate(boolean right, Optional<Interval> rate) {
    return right
        ? rate.map(r -> String.format(Locale.ROOT, "%.1f", r.middle())).orElse("-")
        : "void";
  }

  /** {@code 1.72x (1.68 to 1.75)}. */
  static String times(Interval ratio) {
    return String.format(
        Locale.ROOT, "%.2fx (%.2f to %.2f)", ratio.middle(), ratio.low(), ratio.high());
  }
}
