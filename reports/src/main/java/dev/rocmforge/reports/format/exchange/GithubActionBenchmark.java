package dev.rocmforge.reports.format.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.format.Quantity;
import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Throughput;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * github-action-benchmark's tool {@code customBiggerIsBetter}: an array of name, unit, value, range
 * and extra. Which way is good stands in the job that reads it, not in the file.
 */
final class GithubActionBenchmark implements Exchange {
  private static final Set<String> READ = Set.of("name", "unit", "value");

  @Override
  public boolean onePerName() {
    return true;
  }

  @Override
  public String write(List<ExchangeFormat.Row> rows) {
    ArrayNode array = JsonText.array();
    for (ExchangeFormat.Row row : rows) {
      Interval rate = Throughput.tokensPerSecond(row.measurement()).orElseThrow();
      RunRecord record = row.record();
      ObjectNode object = array.addObject();
      object.put("name", row.name());
      object.put("unit", row.measurement().workload().unit());
      object.put("value", rate.middle());
      object.put("range", Quantity.range(rate));
      object.put(
          "extra",
          "output "
              + record.correctness().label()
              + "\nmodel sha256 "
              + record.subject().model().sha256()
              + "\nrepetitions "
              + row.measurement().samples().repetitions().size());
    }
    return JsonText.pretty(array);
  }

  @Override
  public List<ImportedFigure> read(String place, String text) {
    return JsonText.rows(place, text).stream()
        .map(
            row ->
                new ImportedFigure(
                    row.text("name"),
                    row.labels(READ),
                    row.text("unit"),
                    ImportedFigure.Better.UNKNOWN,
                    OptionalDouble.of(row.number("value")),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    List.of()))
        .toList();
  }

  @Override
  public List<String> losses(List<ImportedFigure> figures) {
    return List.of(
        "no samples: every value is one that the file states",
        "the format does not say which way is good, nor the time, machine or model");
  }
}
