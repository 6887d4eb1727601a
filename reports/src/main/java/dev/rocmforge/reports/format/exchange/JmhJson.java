package dev.rocmforge.reports.format.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.ImportedFigure.Better;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * What JMH writes with {@code -rf json}. An operation is written as mode {@code avgt}; a prefill or
 * decode as {@code ss}, where one operation is a whole repetition. The error is JMH's: half the
 * 99.9 % Student interval of the mean.
 */
final class JmhJson implements Exchange {
  private static final double CONFIDENCE = 0.999;
  private static final double[] PERCENTILES = {
    0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999, 100
  };
  private static final Set<String> NOT_KEPT = Set.of("benchmark", "jvm");

  @Override
  public boolean onePerName() {
    return true;
  }

  @Override
  public String write(List<ExchangeFormat.Row> rows) {
    ArrayNode array = JsonText.array();
    for (ExchangeFormat.Row row : rows) {
      write(array.addObject(), row.record(), row.measurement(), RowLabels.of(row).values());
    }
    return JsonText.pretty(array);
  }

  private static void write(
      ObjectNode out, RunRecord record, Measurement m, Map<String, String> labels) {
    Workload w = m.workload();
    boolean operation = w.kind() == Workload.Kind.OPERATION;
    out.put(
        "benchmark", operation ? w.settings().get(Workload.OPERATION) : "rocmforge." + w.name());
    out.put("mode", operation ? "avgt" : "ss");
    out.put("threads", w.threads());
    ArrayNode flags = out.putArray("jvmArgs");
    record.environment().jvmFlags().forEach(flags::add);
    out.put("vmName", record.environment().jvm());
    out.put("warmupIterations", w.warmUp().repetitions());
    out.put("measurementIterations", m.samples().repetitions().size());
    ObjectNode params = out.putObject("params");
    if (operation) {
      w.settings()
          .forEach(
              (key, value) -> {
                if (!key.equals(Workload.OPERATION)) {
                  params.put(key, value);
                }
              });
    } else {
      labels.forEach(params::put);
    }
    double share = operation ? Workload.OPERATIONS_PER_REPETITION : 1;
    double[] nanos =
        Arrays.stream(m.samples().totalNanos().toArray()).mapToDouble(n -> n / share).toArray();
    metric(out.putObject("primaryMetric"), nanos);
    out.putObject("secondaryMetrics");
    out.put("output_check", record.correctness().label());
  }

  /** The figures of one metric as JMH computes them. */
  static void metric(ObjectNode out, double[] nanos) {
    double mean = new Mean().evaluate(nanos);
    out.put("score", mean);
    ArrayNode bounds = JsonText.array();
    if (nanos.length > 2) {
      double error =
          new TDistribution(nanos.length - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2)
              * new StandardDeviation().evaluate(nanos)
              / Math.sqrt(nanos.length);
      out.put("scoreError", error);
      bounds.add(mean - error).add(mean + error);
    } else {
      out.put("scoreError", "NaN");
      bounds.add("NaN").add("NaN");
    }
    out.set("scoreConfidence", bounds);
    ObjectNode percentiles = out.putObject("scorePercentiles");
    double[] sorted = nanos.clone();
    Arrays.sort(sorted);
    for (double percent : PERCENTILES) {
      percentiles.put(
          Double.toString(percent),
          percent == 0 ? sorted[0] : new Percentile().evaluate(sorted, percent));
    }
    out.put("scoreUnit", "ns/op");
    ArrayNode fork = out.putArray("rawData").addArray();
    Arrays.stream(nanos).forEach(fork::add);
  }

  @Override
  public List<ImportedFigure> read(String place, String text) {
    List<ImportedFigure> figures = new ArrayList<>();
    for (JsonText.Place row : JsonText.rows(place, text)) {
      String name = row.text("benchmark");
      SortedMap<String, String> labels = row.labels(NOT_KEPT);
      if (row.node().has("params")) {
        row.child("params").labels(Set.of()).forEach((k, v) -> labels.put("params." + k, v));
      }
      figures.add(figure(name, labels, row.child("primaryMetric"), better(row.text("mode"))));
      if (row.node().has("secondaryMetrics")) {
        JsonText.Place secondary = row.child("secondaryMetrics");
        for (var metric : secondary.node().properties()) {
          figures.add(
              figure(
                  name + ":" + metric.getKey(),
                  labels,
                  secondary.child(metric.getKey()),
                  Better.UNKNOWN));
        }
      }
    }
    return figures;
  }

  private static Better better(String mode) {
    return mode.equals("thrpt") ? Better.HIGHER : Better.LOWER;
  }

  private static ImportedFigure figure(
      String name, SortedMap<String, String> labels, JsonText.Place metric, Better better) {
    SortedMap<String, String> all = new TreeMap<>(labels);
    metric.value("scoreError").ifPresent(e -> all.put("scoreError", Double.toString(e)));
    JsonNode bounds = metric.node().path("scoreConfidence");
    return new ImportedFigure(
        name,
        all,
        metric.text("scoreUnit"),
        better,
        metric.value("score"),
        bound(bounds.path(0)),
        bound(bounds.path(1)),
        metric.numbers("rawData"));
  }

  private static OptionalDouble bound(JsonNode value) {
    return value.isNumber() ? OptionalDouble.of(value.doubleValue()) : OptionalDouble.empty();
  }

  @Override
  public List<String> losses(List<ImportedFigure> figures) {
    List<String> losses = new ArrayList<>();
    if (figures.stream().anyMatch(f -> f.samples().isEmpty())) {
      losses.add(
          "figures without raw data, or with a histogram alone: only what is stated is kept");
    }
    losses.add(
        "forks run together, scorePercentiles, jvmArgs and the path of the jvm are not kept");
    losses.add("the format has no time, no machine, and no check of the output");
    return losses;
  }
}
