package dev.rocmforge.reports.format.exchange;

import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that must be equal for two rows to compare, for formats that know rows by name only:
 * rows of other model bytes, settings, machines or verdicts get other names.
 *
 * @param values by label, in the order of the name
 */
record RowLabels(Map<String, String> values) {
  private static final int DIGITS = 12;

  static RowLabels of(ExchangeFormat.Row row) {
    RunRecord record = row.record();
    Workload w = row.measurement().workload();
    ModelFile model = record.subject().model();
    Map<String, String> values = new LinkedHashMap<>();
    if (w.kind() == Workload.Kind.OPERATION) {
      values.put("workload", w.name());
    } else {
      values.put("model", model.fileName());
      values.put("model_sha256", model.sha256().substring(0, DIGITS));
      values.put("workload", w.name());
      values.put("kv", w.kvType());
      values.put("batch", Integer.toString(w.batch()));
      values.put("preset", w.preset());
      if (!w.settings().isEmpty()) {
        List<String> settings = new ArrayList<>();
        w.settings().forEach((key, value) -> settings.add(key + "=" + value));
        values.put("settings", String.join(" ", settings));
      }
    }
    values.put("threads", Integer.toString(w.threads()));
    values.put("backend", record.subject().backend().label());
    values.put("runtime", record.subject().deviceRuntime().label());
    values.put(
        "device",
        record.environment().device().map(d -> d.name()).orElse(record.environment().cpuModel()));
    values.put("output", record.correctness().label());
    return new RowLabels(values);
  }

  /** On one line; a passed output is the rule and not said. */
  String name() {
    List<String> parts = new ArrayList<>();
    values.forEach(
        (label, value) -> {
          switch (label) {
            case "model", "workload", "backend", "runtime", "device" -> parts.add(value);
            case "output" -> {
              if (!value.equals(Correctness.PASSED.label())) {
                parts.add("output " + value);
              }
            }
            default -> parts.add(label + " " + value);
          }
        });
    return String.join(" · ", parts).replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
  }
}
