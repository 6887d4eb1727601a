package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.cpu.Oracle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
      CrossRow row = found.get(way.key());
      if (row == null) {
        continue;
      }
      same.add(CrossTokens.plain(row.tokens()));
      CrossRow scalar = found.get(scalarKey(way.weights(), way.kvType()));
      // Held to the scalar backend by the logits of every place instead.
      if (scalar != null && !way.q8() && way.generates() && !CrossTokens.forced(row.tokens())) {
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
        judge(
            name + ", prefill", row.prefill(), length -> way.prefillBound(layers, length), faults);
        judge(name + ", steps", row.steps(), _ -> way.stepBound(layers), faults);
        if (!(row.experts().clearest() <= 1)) {
          faults.add(
              "%s: an expert's lead was turned that is %.3g of what the bound explains"
                  .formatted(name, row.experts().clearest()));
        }
      }
      tokens(model)
          .forEach(
              (arithmetic, picked) -> {
                if (picked.size() > 1) {
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

  private static void judge(
      String name, List<Double> errors, IntToDoubleFunction bounds, List<String> faults) {
    for (int i = 0; i < errors.size(); i++) {
      double bound = bounds.applyAsDouble(CrossReference.LENGTHS.get(i));
      if (!(errors.get(i) <= bound)) {
        faults.add(
            "%s, %d tokens: error %.3g, at most %.3g"
                .formatted(name, CrossReference.LENGTHS.get(i), errors.get(i), bound));
      }
    }
  }

  /** The largest errors by model and arithmetic, over graph, wave and lengths. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| model | arithmetic | ways | behind prompts of 33 and more | bound | single tokens |"
            + " bound | other experts | tokens |\n");
    text.append("|---|---|---|---|---|---|---|---|---|\n");
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
                "| %s | %s | %d | %.1e | %.1e | %.1e | %.1e | %s | %s |%n"
                    .formatted(
                        model,
                        arithmetic,
                        group.size(),
                        most(
                            group.stream()
                                .map(row -> row.prefill().subList(1, row.prefill().size()))
                                .toList()),
                        first.prefillBound(layers),
                        most(
                            group.stream()
                                .map(
                                    row ->
                                        Stream.concat(
                                                row.prefill().stream().limit(1),
                                                row.steps().stream())
                                            .toList())
                                .toList()),
                        first.stepBound(layers),
                        experts(group),
                        tokens(first, group, picked.get(arithmetic))));
          });
    }
    return text.toString();
  }

  /** How many choices differ, the clearest lead turned, and the error if none were given. */
  private static String experts(List<CrossRow> group) {
    CrossRow.Experts all =
        group.stream().map(CrossRow::experts).reduce(CrossRow.Experts.SAME, CrossRow.Experts::and);
    return all.turned() == 0
        ? ""
        : "%d, lead %.2f, else %.1e".formatted(all.turned(), all.clearest(), all.unsteered());
  }

  private static String tokens(CrossWay way, List<CrossRow> group, Set<List<String>> picked) {
    if (!way.generates()) {
      return "";
    }
    long forced = group.stream().filter(row -> CrossTokens.forced(row.tokens())).count();
    String same =
        forced == 0 ? "same" : "same, in %d ways not the scalar backend's".formatted(forced);
    return picked.size() > 1 ? "DIFFER" : same;
  }

  private static double most(List<List<Double>> errors) {
    return errors.stream().flatMap(List::stream).mapToDouble(error -> error).max().orElseThrow();
  }
}
