package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Facet;
import dev.rocmforge.reports.stats.Interval;
import dev.rocmforge.reports.stats.Row;
import dev.rocmforge.reports.stats.Throughput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What switches, cache types and settings do: one row a combination, one column a workload, each
 * cell against the first row. A combination that did not run is an empty cell.
 */
final class HtmlFeatures {
  private static final Set<Facet> FEATURES =
      Collections.unmodifiableSet(
          EnumSet.of(Facet.BACKEND, Facet.KV_TYPE, Facet.SETTINGS, Facet.SWITCHES, Facet.THREADS));
  private static final int NAME_CHARACTERS = 80;

  private HtmlFeatures() {}

  /** A matrix for each model and machine that ran more than one combination. */
  static void matrix(Markup page, List<RunRecord> runs) {
    Map<String, List<Row>> places = new LinkedHashMap<>();
    for (RunRecord run : runs) {
      String place =
          Html.shortened(run.subject().model().name(), NAME_CHARACTERS)
              + (" on " + Html.shortened(Row.hardware(run), NAME_CHARACTERS))
              + (", " + Html.shortened(run.environment().host(), NAME_CHARACTERS));
      places.computeIfAbsent(place, name -> new ArrayList<>()).addAll(rows(run));
    }
    places.values().removeIf(rows -> combinations(rows).size() < 2);
    if (places.isEmpty()) {
      return;
    }
    page.section("features", "Feature matrix");
    page.element(
        "p",
        "Tokens per second, and the ratio to the first row. A speed whose output no check passed is"
            + " struck out and stands in no ratio; an empty cell was not measured.");
    int number = 0;
    for (Map.Entry<String, List<Row>> place : places.entrySet()) {
      matrix(page, place.getKey(), place.getValue(), number++);
    }
    page.close("section");
  }

  /** Prompts are workloads here, not features. */
  private static List<Row> rows(RunRecord run) {
    return Row.of(run).stream()
        .filter(row -> !row.measurement().workload().settings().containsKey("prompt"))
        .toList();
  }

  private static Map<String, List<Row>> combinations(List<Row> rows) {
    return rows.stream()
        .collect(
            Collectors.groupingBy(HtmlFeatures::name, LinkedHashMap::new, Collectors.toList()));
  }

  private static String name(Row row) {
    return FEATURES.stream()
        .filter(facet -> !facet.of(row).isEmpty())
        .map(
            facet ->
                switch (facet) {
                  case KV_TYPE -> "KV " + facet.of(row);
                  case THREADS -> facet.of(row) + " threads";
                  default -> facet.of(row);
                })
        .collect(Collectors.joining(", "));
  }

  private static void matrix(Markup page, String place, List<Row> rows, int number) {
    Set<String> workloads = new LinkedHashSet<>();
    rows.forEach(row -> workloads.add(row.name()));
    List<String> columns = new ArrayList<>(List.of("Combination"));
    workloads.forEach(name -> columns.add("#" + name));
    HtmlTable table =
        HtmlTable.open(
            page, "features-" + number, place, columns.toArray(new String[columns.size()]));
    Map<String, Double> base = new LinkedHashMap<>();
    combinations(rows)
        .forEach(
            (name, of) -> {
              table.row(Html.shortened(name, NAME_CHARACTERS));
              for (String workload : workloads) {
                of.stream()
                    .filter(row -> row.name().equals(workload))
                    .findFirst()
                    .ifPresentOrElse(row -> cell(table, row, base), () -> table.number(""));
              }
              table.end();
            });
    table.close();
  }

  private static void cell(HtmlTable table, Row row, Map<String, Double> base) {
    Interval rate = Throughput.tokensPerSecond(row.measurement()).orElseThrow();
    String text = Quantity.rate(rate.middle());
    if (!row.checked()) {
      table.trusted("<s>" + text + "</s> " + row.run().correctness().label());
      return;
    }
    Double first = base.putIfAbsent(row.name(), rate.middle());
    table.number(first == null ? text : text + " (" + ratio(rate.middle() / first) + "×)");
  }

  private static String ratio(double value) {
    return java.math.BigDecimal.valueOf(value)
        .setScale(2, java.math.RoundingMode.HALF_EVEN)
        .toPlainString();
  }
}
