package dev.rocmforge.reports.format;

import dev.rocmforge.reports.record.Build;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Facet;
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
 * cell the newest run of it against the first row. A combination that did not run is an empty cell.
 * A sweep leaves a record a cell, so that all records of a place are looked at, not its newest.
 */
final class HtmlFeatures {
  private static final Set<Facet> FEATURES =
      Collections.unmodifiableSet(
          EnumSet.of(Facet.BACKEND, Facet.KV_TYPE, Facet.SETTINGS, Facet.SWITCHES, Facet.THREADS));
  private static final int NAME_CHARACTERS = 80;
  private static final int MOST_ROWS = 400;

  private HtmlFeatures() {}

  /**
   * A matrix for each model and machine that ran more than one combination.
   *
   * @param runs oldest first
   */
  static void matrix(Markup page, List<RunRecord> runs) {
    Map<String, Map<String, Map<String, Row>>> places = new LinkedHashMap<>();
    for (RunRecord run : runs) {
      String place =
          Html.shortened(run.subject().model().name(), NAME_CHARACTERS)
              + (" on " + Html.shortened(Row.hardware(run), NAME_CHARACTERS))
              + (", " + Html.shortened(run.environment().host(), NAME_CHARACTERS));
      var combinations = places.computeIfAbsent(place, name -> new LinkedHashMap<>());
      for (Row row : rows(run)) {
        combinations.computeIfAbsent(name(row), name -> new LinkedHashMap<>()).put(row.name(), row);
      }
    }
    places.values().removeIf(combinations -> combinations.size() < 2);
    if (places.isEmpty()) {
      return;
    }
    page.section("features", "Feature matrix");
    page.element(
        "p",
        "Tokens per second in the newest run of each cell, and the ratio to the first row where the"
            + " build is the same. A speed whose output no check passed is struck out and stands in"
            + " no ratio; an empty cell was not measured. The cells were not timed in turns: the"
            + " table of the sweep has ratios that were.");
    int number = 0;
    for (var place : places.entrySet()) {
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

  private static void matrix(
      Markup page, String place, Map<String, Map<String, Row>> combinations, int number) {
    Set<String> workloads = new LinkedHashSet<>();
    combinations.values().forEach(rows -> workloads.addAll(rows.keySet()));
    List<String> columns = new ArrayList<>(List.of("Combination"));
    workloads.forEach(name -> columns.add("#" + name));
    HtmlTable table =
        HtmlTable.open(
            page, "features-" + number, place, columns.toArray(new String[columns.size()]));
    Map<String, Row> base = new LinkedHashMap<>();
    combinations.entrySet().stream()
        .limit(MOST_ROWS)
        .forEach(
            combination -> {
              table.row(Html.shortened(combination.getKey(), NAME_CHARACTERS));
              for (String workload : workloads) {
                Row row = combination.getValue().get(workload);
                if (row == null) {
                  table.number("");
                } else {
                  cell(table, row, base);
                }
              }
              table.end();
            });
    table.close();
    if (combinations.size() > MOST_ROWS) {
      String more = "And " + (combinations.size() - MOST_ROWS) + " more combinations.";
      page.element("p", more, "class", "note");
    }
  }

  private static void cell(HtmlTable table, Row row, Map<String, Row> base) {
    String text = Quantity.rate(rate(row));
    if (!row.checked()) {
      table.trusted("<s>" + text + "</s> " + row.run().correctness().label());
      return;
    }
    Row first = base.putIfAbsent(row.name(), row);
    if (first == null) {
      table.number(text);
    } else if (sameCode(row, first)) {
      table.number(text + " (" + ratio(rate(row) / rate(first)) + "×)");
    } else {
      table.number(text + " (other build)");
    }
  }

  private static boolean sameCode(Row row, Row first) {
    Build a = row.run().subject().build();
    Build b = first.run().subject().build();
    return a.jarSha256().isPresent()
        ? a.jarSha256().equals(b.jarSha256()) && a.kernelSha256().equals(b.kernelSha256())
        : a.equals(b);
  }

  private static double rate(Row row) {
    return Throughput.tokensPerSecond(row.measurement()).orElseThrow().middle();
  }

  private static String ratio(double value) {
    return java.math.BigDecimal.valueOf(value)
        .setScale(2, java.math.RoundingMode.HALF_EVEN)
        .toPlainString();
  }
}
