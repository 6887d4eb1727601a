package dev.rocmforge.engine.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one way to run one model gave.
 *
 * @param way {@link CrossWay#key()}
 * @param prefill relative L2 error of the logits behind each prompt that was run of {@link
 *     CrossReference#LENGTHS}
 * @param steps the largest of the single tokens behind each
 * @param tokens the tokens picked greedily and those sampled, as hashes; - where none were
 */
record CrossRow(
    String model,
    String way,
    List<Double> prefill,
    List<Double> steps,
    List<String> tokens,
    double seconds) {
  private static final int COLUMNS_OF_WAY = 6;

  String line() {
    List<String> parts = new ArrayList<>(List.of(model, way));
    add(parts, prefill);
    add(parts, steps);
    parts.addAll(tokens);
    parts.add("%.1f".formatted(seconds));
    return String.join("\t", parts);
  }

  private static void add(List<String> parts, List<Double> errors) {
    for (int i = 0; i < CrossReference.LENGTHS.size(); i++) {
      parts.add(i < errors.size() ? "%.3g".formatted(errors.get(i)) : "-");
    }
  }

  static CrossRow of(String line) {
    String[] parts = line.split("\t", -1);
    int lengths = CrossReference.LENGTHS.size();
    int first = 1 + COLUMNS_OF_WAY;
    return new CrossRow(
        parts[0],
        String.join("\t", List.of(parts).subList(1, first)),
        numbers(parts, first, lengths),
        numbers(parts, first + lengths, lengths),
        List.of(parts[first + 2 * lengths], parts[first + 2 * lengths + 1]),
        Double.parseDouble(parts[first + 2 * lengths + 2]));
  }

  private static List<Double> numbers(String[] parts, int from, int count) {
    return List.of(parts).subList(from, from + count).stream()
        .filter(part -> !part.equals("-"))
        .map(Double::parseDouble)
        .toList();
  }

  /** A short name for a sequence of tokens. */
  static String hash(int[] tokens) {
    long hash = 17;
    for (int token : tokens) {
      hash = hash * 1_000_003 + token;
    }
    return "%08x".formatted((int) (hash ^ hash >>> 32)).toLowerCase(Locale.ROOT);
  }
}
