package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.cpu.Oracle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The cells of the cross, judged and drawn. */
final class CrossTable {
  private final List<CrossRow> rows;

  CrossTable(List<CrossRow> rows) {
    this.rows = rows;
  }

  /** The way of a row that the scalar backend gave. */
  static String scalarKey(CrossWay.Weights weights, KvType kvType) {
    return String.join("\t", weights.name(), "f32", kvType.word(), "scalar", "-", "-");
  }

  private Map<String, CrossRow> byWay(String model) {
    return rows.stream()
        .filter(row -> row.model().equals(model))
        .collect(Collectors.toMap(CrossRow::way, row -> row, (a, _) -> a, LinkedHashMap::new));
  }

  private Set<String> models() {
    return rows.stream().map(CrossRow::model).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static List<CrossWay> ways(String model) {
    return GpuCross.ways(Oracle.named(model));
  }

  /** Ways of one model by their arithmetic, with the tokens that they picked. */
  private Map<CrossWay.Arithmetic, Set<List<String>>> tokens(String model) {
    Map<String, CrossRow> found = byWay(model);
    Map<CrossWay.Arithmetic, Set<List<String>>> picked = new LinkedHashMap<>();
    for (CrossWay way : ways(model)) {
      Set<List<String>> same = picked.computeIfAbsent(way.arithmetic(), _ -> new LinkedHashSet<>());
      if (found.containsKey(way.key())) {
        same.add(found.get(way.key()).tokens());
      }
      CrossRow scalar = found.get(scalarKey(way.weights(), way.kvType()));
      if (scalar != null && way.arithmetic().roundings().equals("f32 sums")) {
        same.add(scalar.tokens());
      }
    }
    return picked;
  }

  /** One line for each broken bound, missing cell and pair of ways that pick different tokens. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (String model : models()) {
      int layers = layers(model);
      Map<String, CrossRow> found = byWay(model);
      for (CrossWay way : ways(model)) {
        CrossRow row = found.get(way.key());
        String name = model + " " + way.key().replace('\t', ' ');
        if (row == null) {
          faults.add(name + ": not run");
          continue;
        }
        int lengths = GpuCross.lengths(Oracle.named(model), way).size();
        if (row.prefill().size() != lengths || row.steps().size() != lengths) {
          faults.add(name + ": lengths missing");
        }
        CrossRow reference = found.get(scalarKey(way.weights(), KvType.F32));
        if (reference == null) {
          faults.add(name + ": no reference");
          continue;
        }
        double bound = way.prefillBound(layers);
        judge(name + ", prefill", row.prefill(), reference.prefill(), bound, faults);
        judge(name + ", steps", row.steps(), reference.steps(), way.stepBound(layers), faults);
      }
      tokens(model)
          .forEach(
              (arithmetic, picked) -> {
                if (picked.size() != 1) {
                  faults.add(model + ", " + arithmetic + ": different tokens " + picked);
                }
              });
    }
    return faults;
  }

  static int layers(String model) {
    try (var opened = dev.rocmforge.engine.Model.open(Oracle.named(model).model())) {
      return opened.config().layerCount();
    }
  }

  /**
   * The largest lead of one router logit over another that an error of this relative L2 norm can
   * turn: each of the two moves by at most the error.
   */
  static boolean undecided(double lead, double bound) {
    return lead <= Math.sqrt(2) * bound;
  }

  /** Beyond the bound only where the reference itself nearly chose another expert. */
  private static void judge(
      String name, List<Double> errors, List<Double> leads, double bound, List<String> faults) {
    for (int i = 0; i < errors.size(); i++) {
      if (!(errors.get(i) <= bound) && !undecided(leads.get(i), bound)) {
        faults.add(
            "%s, %d tokens: error %.3g, at most %.3g"
                .formatted(name, CrossReference.LENGTHS.get(i), errors.get(i), bound));
      }
    }
  }

  /** Cells beyond their bound that {@link #judge} lets pass, one line each. */
  List<String> undecided() {
    List<String> cells = new ArrayList<>();
    for (String model : models()) {
      Map<String, CrossRow> found = byWay(model);
      for (CrossWay way : ways(model)) {
        CrossRow row = found.get(way.key());
        CrossRow reference = found.get(scalarKey(way.weights(), KvType.F32));
        for (int i = 0; row != null && reference != null && i < row.prefill().size(); i++) {
          double error = Math.max(row.prefill().get(i), row.steps().get(i));
          double lead = reference.steps().get(i);
          if (error > way.stepBound(layers(model)) && !Double.isInfinite(lead)) {
            cells.add(
                "%s %s, %d tokens: error %.2g, least lead of an expert %.2g"
                    .formatted(
                        model,
                        way.key().replace('\t', ' '),
                        CrossReference.LENGTHS.get(i),
                        error,
                        lead));
          }
        }
      }
    }
    return cells;
  }

  /** The largest errors by model and arithmetic, over graph, wave and lengths. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| model | arithmetic | ways | behind prompts | bound | single tokens | bound | tokens"
            + " |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (String model : models()) {
      Map<String, CrossRow> found = byWay(model);
      Map<CrossWay.Arithmetic, Set<List<String>>> picked = tokens(model);
      Map<CrossWay.Arithmetic, List<CrossWay>> groups =
          ways(model).stream()
              .filter(way -> found.containsKey(way.key()))
              .collect(
                  Collectors.groupingBy(
                      CrossWay::arithmetic, LinkedHashMap::new, Collectors.toList()));
      groups.forEach(
          (arithmetic, ways) -> {
            List<CrossRow> group = ways.stream().map(way -> found.get(way.key())).toList();
            CrossWay first = ways.getFirst();
            int layers = layers(model);
            text.append(
                "| %s | %s | %d | %.1e | %.1e | %.1e | %.1e | %s |%n"
                    .formatted(
                        model,
                        arithmetic,
                        group.size(),
                        most(group.stream().map(CrossRow::prefill).toList()),
                        first.prefillBound(layers),
                        most(group.stream().map(CrossRow::steps).toList()),
                        first.stepBound(layers),
                        tokens(first, picked.get(arithmetic))));
          });
    }
    return text.toString();
  }

  private static String tokens(CrossWay way, Set<List<String>> picked) {
    if (!way.generates()) {
      return "";
    }
    return picked.size() == 1 ? "same" : "DIFFER";
  }

  private static double most(List<List<Double>> errors) {
    return errors.stream().flatMap(List::stream).mapToDouble(error -> error).max().orElseThrow();
  }
}
