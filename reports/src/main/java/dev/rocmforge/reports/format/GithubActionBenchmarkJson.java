package dev.rocmforge.reports.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;

/**
 * Records for github-action-benchmark's tool {@code customBiggerIsBetter}: an array of name, unit,
 * value, range and extra. The names carry all that must be equal to compare.
 */
public final class GithubActionBenchmarkJson {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private GithubActionBenchmarkJson() {}

  public static String export(RunRecord record) {
    ArrayNode rows = MAPPER.createArrayNode();
    for (Measurement m : record.measurements()) {
      Throughput.tokensPerSecond(m).ifPresent(rate -> row(rows.addObject(), record, m, rate));
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(rows).replace("\r\n", "\n")
          + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree always has a JSON form", e);
    }
  }

  private static void row(ObjectNode row, RunRecord record, Measurement m, Interval rate) {
    row.put(
        "name",
        String.join(
            " · ",
            record.subject().model().name(),
            m.workload().name(),
            "kv " + m.workload().kvType(),
            m.workload().threads() + " threads",
            record.subject().backend().label(),
            record.subject().deviceRuntime().label()));
    row.put("unit", "tokens/s");
    row.put("value", rate.middle());
    row.put("range", Quantity.range(rate));
    row.put(
        "extra",
        "output "
            + record.correctness().label()
            + "\nmodel sha256 "
            + record.subject().model().sha256()
            + "\nrepetitions "
            + m.samples().repetitions().size());
  }
}
