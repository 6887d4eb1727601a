package dev.rocmforge.engine.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one way to run one model gave.
 *
 * @param way {@link CrossWay#key()}
 * @param prefill relative L2 error of the logits behind each prompt that was run of {@link
 *     CrossReference#LENGTHS}, the reference with the experts that the device chose
 * @param steps the largest of the single tokens behind each
 * @param experts choices of experts that differ from the reference's
 * @param tokens the tokens picked greedily and those sampled, as hashes; - where none were
 */
record CrossRow(
    String model,
    String way,
    List<Double> prefill,
    List<Double> steps,
    Experts experts,
    List<String> tokens,
    double seconds) {
  private static final int COLUMNS_OF_WAY = 6;

  /**
   * Choices of experts that differ from the reference's.
   *
   * @param turned how many
   * @param clearest {@link RouterSteering#clearest()}, over all
   * @param unsteered the largest error if the reference keeps its own experts
   */
  record Experts(int turned, double clearest, double unsteered) {
    static final Experts SAME = new Experts(0, 0, 0);

    Experts and(Experts other) {
      return new Experts(
          turned + other.turned,
          Math.max(clearest, other.clearest),
          Math.max(unsteered, other.unsteered));
    }
  }

  String line() {
    List<String> parts = new ArrayList<>(List.of(model, way));
    add(parts, prefill);
    add(parts, steps);
    parts.add(Integer.toString(experts.turned()));
    parts.add("%.3g".formatted(experts.clearest()));
    parts.add("%.3g".formatted(experts.unsteered()));
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
    int behind = first + 2 * lengths;
    return new CrossRow(
        parts[0],
        String.join("\t", List.of(parts).subList(1, first)),
        numbers(parts, first, lengths),
        numbers(parts, first + lengths, lengths),
        new Experts(
            Integer.parseInt(parts[behind]),
            Double.parseDouble(parts[behind + 1]),
            Double.parseDouble(parts[behind + 2])),
        List.of(parts[behind + 3], parts[behind + 4]),
        Double.parseDouble(parts[behind + 5]));
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
