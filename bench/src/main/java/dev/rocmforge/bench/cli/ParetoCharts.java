package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.pareto.DecodeSpeed;
import dev.rocmforge.reports.chart.FrontierChart;
import dev.rocmforge.reports.record.FrontierRecord;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Charts and tables of a frontier. */
final class ParetoCharts {
  private static final String UP = "divergence from the source, nats a token";

  private ParetoCharts() {}

  /** Bytes a weight against divergence, what was not searched by name. */
  static String divergence(FrontierRecord record) {
    return FrontierChart.svg(
        "frontier",
        record.model().name() + ": bytes a weight against divergence",
        "bytes a weight",
        UP,
        record.points().stream()
            .filter(point -> point.onFrontier() || !point.origin().equals("searched"))
            .map(
                point ->
                    new FrontierChart.Point(
                        point.bytesPerWeight(),
                        point.divergenceNats(),
                        point.onFrontier() ? "" : point.origin().replace("uniform ", "")))
            .toList());
  }

  /** Tokens a second against divergence. */
  static String speed(List<DecodeSpeed> speeds) {
    return FrontierChart.svg(
        "speed",
        "Tokens a second against divergence",
        "tokens a second, median, CPU",
        UP,
        speeds.stream()
            .map(speed -> new FrontierChart.Point(speed.tokensPerSecond(), speed.nats(), ""))
            .toList());
  }

  /** Raw times, a point a line. */
  static String table(List<DecodeSpeed> speeds) {
    return speeds.stream()
        .map(
            speed ->
                String.format(
                    Locale.ROOT,
                    "%d\t%s\t%.2f\t%s%n",
                    speed.bytes(),
                    speed.nats(),
                    speed.tokensPerSecond(),
                    speed.tokenNanos().stream()
                        .map(nanos -> Long.toString(nanos))
                        .collect(Collectors.joining(","))))
        .collect(Collectors.joining("", "bytes\tnats\ttokens_per_second\ttoken_nanos\n", ""));
  }
}
