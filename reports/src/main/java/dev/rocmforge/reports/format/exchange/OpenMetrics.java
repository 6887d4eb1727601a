package dev.rocmforge.reports.format.exchange;

import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * OpenMetrics 1.0 text: gauges of the rate with its 95 % interval and of every repetition, all with
 * the time of the run. Lines that differ in the label {@code repetition} alone are samples of one
 * figure when read.
 */
final class OpenMetrics implements Exchange {
  static final String REPETITION = "repetition";
  private static final String SECONDS = "rocmforge_repetition_seconds";

  @Override
  public boolean onePerName() {
    return true;
  }

  @Override
  public String write(List<ExchangeFormat.Row> rows) {
    Map<String, StringBuilder> families = new LinkedHashMap<>();
    for (ExchangeFormat.Row row : rows) {
      Workload w = row.measurement().workload();
      Interval rate = Throughput.tokensPerSecond(row.measurement()).orElseThrow();
      Instant time = row.record().environment().timestamp();
      Map<String, String> labels = RowLabels.of(row).values();
      String unit = w.unit().replace("/s", "_per_second");
      line(families, "rocmforge_speed_" + unit, labels, number(rate.middle()), time);
      line(families, "rocmforge_speed_low_" + unit, labels, number(rate.low()), time);
      line(families, "rocmforge_speed_high_" + unit, labels, number(rate.high()), time);
      long[] nanos = row.measurement().samples().totalNanos().toArray();
      for (int i = 0; i < nanos.length; i++) {
        Map<String, String> each = new LinkedHashMap<>(labels);
        each.put(REPETITION, Integer.toString(i + 1));
        String seconds = BigDecimal.valueOf(nanos[i], 9).toPlainString();
        line(families, SECONDS, each, seconds, time);
      }
    }
    StringBuilder out = new StringBuilder();
    families.forEach((name, lines) -> out.append(head(name)).append(lines));
    return out.append("# EOF\n").toString();
  }

  private static String head(String family) {
    String unit = family.equals(SECONDS) ? "seconds" : family.replaceFirst(".*_(?=\\w+_per_)", "");
    String help =
        family.equals(SECONDS)
            ? "Time of each repetition, or of %d operations."
                .formatted(Workload.OPERATIONS_PER_REPETITION)
            : family.contains("_low_") || family.contains("_high_")
                ? "End of the 95 % bootstrap interval of the rate."
                : "Rate by the median repetition.";
    return "# TYPE %s gauge\n# UNIT %s %s\n# HELP %s %s\n"
        .formatted(family, family, unit, family, help);
  }

  private static void line(
      Map<String, StringBuilder> families,
      String family,
      Map<String, String> labels,
      String value,
      Instant time) {
    String shown =
        labels.entrySet().stream()
            .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + '"')
            .collect(Collectors.joining(","));
    BigDecimal seconds =
        BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano(), 9));
    families
        .computeIfAbsent(family, _ -> new StringBuilder())
        .append("%s{%s} %s %s\n".formatted(family, shown, value, plain(seconds)));
  }

  private static String number(double value) {
    return plain(new BigDecimal(Double.toString(value)));
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  @Override
  public List<ImportedFigure> read(String place, String text) {
    return new OpenMetricsReader(place).read(text);
  }

  @Override
  public List<String> losses(List<ImportedFigure> figures) {
    List<String> losses = new ArrayList<>();
    if (figures.stream().anyMatch(f -> f.samples().isEmpty())) {
      losses.add("lines without the label repetition: each is one value that the file states");
    }
    losses.add("help texts and exemplars are not kept; the format has no check of the output");
    return losses;
  }
}
