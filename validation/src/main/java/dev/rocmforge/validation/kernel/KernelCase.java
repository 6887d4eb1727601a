package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One thing to check. Its id says everything about it and makes it again:
 *
 * <pre>
 * q4_0/gemv:columns=512,rows=67,tokens=3,RF_ROWS=4:w32:normal:7
 * path     |sizes, then constants of the kernel   |wave|inputs|seed
 * </pre>
 *
 * @param path folder and operation: a weight type or {@code ops}, then the operation
 * @param numbers sizes (lower case) and constants ({@code RF_...}) by name
 * @param wave lanes of a wave, 32 or 64
 */
public record KernelCase(
    String path, Map<String, Integer> numbers, int wave, InputClass inputs, long seed) {
  private static final int PARTS = 5;

  public KernelCase {
    numbers = Map.copyOf(numbers);
    if (wave != 32 && wave != 64) {
      throw new InputException("case id: wave " + wave + ": 32 or 64 needed");
    }
  }

  /**
   * The case of an id.
   *
   * @throws InputException naming the part that cannot be read
   */
  public static KernelCase of(String id) {
    String[] parts = id.split(":", -1);
    if (parts.length != PARTS || !parts[0].contains("/") || !parts[2].startsWith("w")) {
      throw new InputException(
          "case id '" + id + "': path:sizes:w32:inputs:seed needed, as in --list");
    }
    Map<String, Integer> numbers = new TreeMap<>();
    for (String number : parts[1].split(",", -1)) {
      int equals = number.indexOf('=');
      if (equals < 1) {
        throw new InputException("case id '" + id + "': '" + number + "': name=number needed");
      }
      numbers.put(number.substring(0, equals), integer(id, number.substring(equals + 1)));
    }
    return new KernelCase(
        parts[0],
        numbers,
        integer(id, parts[2].substring(1)),
        InputClass.of(parts[3]),
        integer(id, parts[4]));
  }

  private static int integer(String id, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InputException("case id '" + id + "': '" + text + "' is no number", e);
    }
  }

  public String id() {
    String all =
        numbers.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByKey(
                    (a, b) ->
                        a.startsWith("RF_") == b.startsWith("RF_")
                            ? a.compareTo(b)
                            : a.startsWith("RF_") ? 1 : -1))
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(","));
    return path + ":" + all + ":w" + wave + ":" + inputs.label() + ":" + seed;
  }

  /** How large it is, to tell the largest of a kernel: rows, columns, tokens and the like. */
  public double work() {
    double work = 1;
    for (String size : List.of("rows", "columns", "tokens", "heads", "channels", "experts")) {
      work *= numbers.getOrDefault(size, 1);
    }
    return work * (1 + numbers.getOrDefault("position", 0));
  }

  /** The operation without its type: {@code gemv}, {@code rms_norm}. */
  public String operation() {
    return path.substring(path.indexOf('/') + 1);
  }

  /** The weight type of the path; empty for {@code ops}. */
  public Optional<QuantType> type() {
    String folder = path.substring(0, path.indexOf('/'));
    if (folder.equals("ops")) {
      return Optional.empty();
    }
    for (QuantType type : QuantType.values()) {
      if (folder(type).equals(folder)) {
        return Optional.of(type);
      }
    }
    throw new InputException("case id: '" + folder + "' is neither ops nor a weight type");
  }

  static String folder(QuantType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /**
   * A size.
   *
   * @throws InputException where the id lacks it or it is below {@code least}
   */
  int size(String name, int least) {
    Integer value = numbers.get(name);
    if (value == null || value < least) {
      throw new InputException(
          "case " + id() + ": " + name + " of at least " + least + " needed, found " + value);
    }
    return value;
  }

  int size(String name) {
    return size(name, 1);
  }

  int constant(String name, int otherwise) {
    return numbers.getOrDefault(name, otherwise);
  }

  /** The constants that go to the compiler, and the wave. */
  Map<String, Integer> constants() {
    Map<String, Integer> all = new TreeMap<>();
    numbers.forEach(
        (name, value) -> {
          if (name.startsWith("RF_")) {
            all.put(name, value);
          }
        });
    all.put("RF_WAVE", wave);
    return all;
  }

  @Override
  public String toString() {
    return id();
  }
}
