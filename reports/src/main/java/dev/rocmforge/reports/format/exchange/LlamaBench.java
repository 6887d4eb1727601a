package dev.rocmforge.reports.format.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Distribution;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What llama.cpp's {@code llama-bench -o json}, {@code jsonl} and {@code csv} write: one row a
 * workload with its field names, rates as means of the repetitions' rates. {@code output_check} is
 * ours. Its nanoseconds are exact and its rates are rounded, so the nanoseconds are the samples.
 */
abstract sealed class LlamaBench implements Exchange {
  private static final Set<String> SAMPLES = Set.of("samples_ns", "samples_ts");

  @Override
  public boolean holds(Workload.Kind kind) {
    return kind != Workload.Kind.OPERATION;
  }

  @Override
  public List<String> losses(List<ImportedFigure> figures) {
    List<String> losses = new ArrayList<>();
    if (figures.stream().anyMatch(f -> f.samples().isEmpty())) {
      losses.add("rows without samples: their values are averages that the file states");
    }
    losses.add("the format has no hash of the model, no host, and no check of the output");
    losses.add("folders of model_filename, samples_ts (computed from samples_ns) are not kept");
    return losses;
  }

  static List<ObjectNode> rows(List<ExchangeFormat.Row> rows) {
    return rows.stream().map(row -> row(row.record(), row.measurement())).toList();
  }

  private static ObjectNode row(RunRecord record, Measurement m) {
    ObjectNode row = JsonText.object();
    ModelFile model = record.subject().model();
    Workload w = m.workload();
    boolean prefill = w.kind() == Workload.Kind.PREFILL;
    row.put("build_commit", record.subject().build().gitCommit().orElse("unknown"));
    row.put("cpu_info", record.environment().cpuModel());
    row.put("gpu_info", record.environment().device().map(d -> d.name()).orElse(""));
    row.put("backends", "rocmforge-" + record.subject().backend().label());
    row.put("model_filename", model.fileName());
    row.put("model_type", model.name());
    row.put("model_size", model.fileBytes());
    row.put("model_n_params", model.parameters());
    row.put("n_batch", w.batch());
    row.put("n_ubatch", w.batch());
    row.put("n_threads", w.threads());
    row.put("type_k", w.kvType());
    row.put("type_v", w.kvType());
    row.put("n_prompt", prefill ? w.promptTokens() : 0);
    row.put("n_gen", prefill ? 0 : w.generatedTokens());
    row.put("n_depth", w.depth());
    row.put(
        "test_time", record.environment().timestamp().truncatedTo(ChronoUnit.SECONDS).toString());
    long[] nanos = m.samples().totalNanos().toArray();
    double[] rates =
        Arrays.stream(nanos).mapToDouble(n -> m.tokensPerRepetition() * 1e9 / n).toArray();
    Distribution times = Distribution.of(m.samples().totalNanos());
    Distribution speeds = Distribution.of(rates);
    row.put("avg_ns", Math.round(times.mean()));
    row.put("stddev_ns", Math.round(times.standardDeviation()));
    row.put("avg_ts", speeds.mean());
    row.put("stddev_ts", speeds.standardDeviation());
    ArrayNode samplesNanos = row.putArray("samples_ns");
    Arrays.stream(nanos).forEach(samplesNanos::add);
    ArrayNode samplesRates = row.putArray("samples_ts");
    Arrays.stream(rates).forEach(samplesRates::add);
    row.put("output_check", record.correctness().label());
    return row;
  }

  static ImportedFigure figure(JsonText.Place row) {
    SortedMap<String, String> labels = row.labels(SAMPLES);
    labels.computeIfPresent(
        "model_filename", (_, path) -> path.substring(path.lastIndexOf('/') + 1));
    return new ImportedFigure(
        name(row),
        labels,
        "ns",
        ImportedFigure.Better.LOWER,
        row.value("avg_ns"),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        row.numbers("samples_ns"));
  }

  /**
   * As llama-bench names a test in its table: {@code pp512}, {@code tg128}, {@code pp512+tg128}.
   */
  private static String name(JsonText.Place row) {
    long prompt = (long) row.number("n_prompt");
    long generated = (long) row.number("n_gen");
    long depth = (long) row.value("n_depth").orElse(0);
    String name =
        generated == 0
            ? "pp" + prompt
            : prompt == 0 ? "tg" + generated : "pp" + prompt + "+tg" + generated;
    return depth == 0 ? name : name + " @ d" + depth;
  }

  /** One array. */
  static final class Json extends LlamaBench {
    @Override
    public String write(List<ExchangeFormat.Row> rows) {
      return JsonText.pretty(JsonText.array().addAll(rows(rows)));
    }

    @Override
    public List<ImportedFigure> read(String place, String text) {
      return JsonText.rows(place, text).stream().map(LlamaBench::figure).toList();
    }
  }

  /** One object a line. */
  static final class JsonLines extends LlamaBench {
    @Override
    public String write(List<ExchangeFormat.Row> rows) {
      return rows(rows).stream().map(row -> row + "\n").collect(Collectors.joining());
    }

    @Override
    public List<ImportedFigure> read(String place, String text) {
      List<ImportedFigure> figures = new ArrayList<>();
      int number = 0;
      for (String line : text.lines().toList()) {
        number++;
        if (!line.isBlank()) {
          String at = place + ": line " + number;
          figures.add(figure(JsonText.Place.of(at, JsonText.read(at, line))));
        }
      }
      return figures;
    }
  }

  /** A header and one row a workload, every value in quotation marks; it has no samples. */
  static final class Csv extends LlamaBench {
    @Override
    public String write(List<ExchangeFormat.Row> rows) {
      StringBuilder out = new StringBuilder();
      for (ObjectNode row : rows(rows)) {
        row.remove(SAMPLES);
        if (out.isEmpty()) {
          List<String> names = new ArrayList<>();
          row.fieldNames().forEachRemaining(names::add);
          out.append(String.join(",", names)).append('\n');
        }
        List<String> values = new ArrayList<>();
        for (JsonNode value : row) {
          values.add('"' + value.asText().replace("\"", "\"\"") + '"');
        }
        out.append(String.join(",", values)).append('\n');
      }
      return out.toString();
    }

    @Override
    public List<ImportedFigure> read(String place, String text) {
      List<List<String>> table = CsvTable.read(place, text);
      List<ImportedFigure> figures = new ArrayList<>();
      for (int i = 1; i < table.size(); i++) {
        List<String> header = table.getFirst();
        List<String> values = table.get(i);
        String at = place + ": row " + i;
        if (values.size() != header.size()) {
          throw new ReportException(
              at + ": " + header.size() + " values needed, " + values.size() + " found");
        }
        ObjectNode row = JsonText.object();
        for (int k = 0; k < header.size(); k++) {
          put(row, at, header.get(k), values.get(k));
        }
        figures.add(figure(new JsonText.Place(at, row)));
      }
      return figures;
    }

    private static void put(ObjectNode row, String at, String field, String value) {
      boolean number =
          field.startsWith("avg_") || Set.of("n_prompt", "n_gen", "n_depth").contains(field);
      try {
        if (number) {
          row.put(field, new BigDecimal(value));
        } else {
          row.put(field, value);
        }
      } catch (NumberFormatException e) {
        throw new ReportException(
            at + ": " + field + ": a number needed, '" + value + "' found", e);
      }
    }
  }
}
