package dev.rocmforge.reports.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.Distribution;
import java.util.Arrays;

/**
 * Records in the JSON of llama.cpp's {@code llama-bench -o json}: one object a workload, with its
 * field names. Fields that have no counterpart here are left out, none is invented; {@code
 * output_check} is ours. Rates are means of the repetitions' rates, as there.
 */
public final class LlamaBenchJson {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private LlamaBenchJson() {}

  public static String export(RunRecord record) {
    ArrayNode rows = MAPPER.createArrayNode();
    for (Measurement m : record.measurements()) {
      if (!m.samples().repetitions().isEmpty()) {
        row(rows.addObject(), record, m);
      }
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(rows).replace("\r\n", "\n")
          + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree always has a JSON form", e);
    }
  }

  private static void row(ObjectNode row, RunRecord record, Measurement m) {
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
    row.put("test_time", record.environment().timestamp().toString());
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
  }
}
