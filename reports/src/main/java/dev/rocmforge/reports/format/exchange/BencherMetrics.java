package dev.rocmforge.reports.format.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The Bencher Metric Format: by benchmark, by measure, a value with optional bounds. Rates go to
 * the built-in measure {@code throughput}.
 */
final class BencherMetrics implements Exchange {
  /** Bencher refuses longer names. */
  private static final int LONGEST_NAME = 1024;

  @Override
  public boolean onePerName() {
    return true;
  }

  @Override
  public String write(List<ExchangeFormat.Row> rows) {
    ObjectNode benchmarks = JsonText.object();
    for (ExchangeFormat.Row row : rows) {
      Interval rate = Throughput.tokensPerSecond(row.measurement()).orElseThrow();
      ObjectNode metric = benchmarks.putObject(name(row.name())).putObject("throughput");
      metric.put("value", rate.middle());
      metric.put("lower_value", rate.low());
      metric.put("upper_value", rate.high());
    }
    return JsonText.pretty(benchmarks);
  }

  /** What is too long ends in its hash, so that two such names stay two. */
  private static String name(String full) {
    String hash = "… " + Integer.toHexString(full.hashCode());
    return full.length() <= LONGEST_NAME
        ? full
        : full.substring(0, LONGEST_NAME - hash.length()) + hash;
  }

  @Override
  public List<ImportedFigure> read(String place, String text) {
    JsonText.Place all = JsonText.Place.of(place, JsonText.read(place, text));
    List<ImportedFigure> figures = new ArrayList<>();
    for (var benchmark : all.node().properties()) {
      JsonText.Place measures = all.child(benchmark.getKey());
      for (var measure : measures.node().properties()) {
        figures.add(figure(benchmark.getKey(), measure.getKey(), measures.child(measure.getKey())));
      }
    }
    return figures;
  }

  private static ImportedFigure figure(String name, String measure, JsonText.Place metric) {
    TreeMap<String, String> labels = new TreeMap<>();
    labels.put("measure", measure);
    return new ImportedFigure(
        name,
        labels,
        switch (measure) {
          case "latency" -> "ns";
          case "throughput" -> "ops/s";
          default -> "";
        },
        switch (measure) {
          case "latency" -> ImportedFigure.Better.LOWER;
          case "throughput" -> ImportedFigure.Better.HIGHER;
          default -> ImportedFigure.Better.UNKNOWN;
        },
        OptionalDouble.of(metric.number("value")),
        metric.value("lower_value"),
        metric.value("upper_value"),
        List.of());
  }

  @Override
  public List<String> losses(List<ImportedFigure> figures) {
    return List.of(
        "no samples: every value is one that the file states",
        "the format has no unit but those of the measures latency and throughput, and no time,"
            + " machine or model");
  }
}
