package dev.rocmforge.engine.gguf;

import dev.rocmforge.engine.InputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The key-value pairs of a model, in the order of the file. The typed readers take every width of
 * their kind and refuse another kind with an {@link InputException} that names the file, the key
 * and both types; a missing key is empty.
 */
public final class GgufMetadata {
  private final Path file;
  private final Map<String, GgufValue> values;

  /**
   * @param file for messages
   */
  public GgufMetadata(Path file, Map<String, GgufValue> values) {
    this.file = file;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The file that the pairs are from. */
  public Path file() {
    return file;
  }

  /** All keys, in the order of the file. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** All pairs, in the order of the file. */
  public Map<String, GgufValue> values() {
    return values;
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  /**
   * @throws InputException if the key is missing
   */
  public GgufValue value(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      throw new InputException(file + ": metadata " + key + ": needed, not there");
    }
    return value;
  }

  public Optional<String> text(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text text -> Optional.of(text.value());
      case GgufValue other -> throw kind(key, "STRING", other);
    };
  }

  /** An integer of any width; a UINT64 beyond {@link Long#MAX_VALUE} is refused. */
  public OptionalLong integer(String key) {
    return switch (values.get(key)) {
      case null -> OptionalLong.empty();
      case GgufValue.Whole whole -> {
        if (whole.type() == GgufType.UINT64 && whole.bits() < 0) {
          throw new InputException(
              file + ": metadata " + key + ": at most " + Long.MAX_VALUE + ", " + whole + " given");
        }
        yield OptionalLong.of(whole.bits());
      }
      case GgufValue other -> throw kind(key, "integer", other);
    };
  }

  /** A float or integer of any width. */
  public OptionalDouble number(String key) {
    return switch (values.get(key)) {
      case null -> OptionalDouble.empty();
      case GgufValue.Real real -> OptionalDouble.of(real.value());
      case GgufValue.Whole _ -> OptionalDouble.of((double) integer(key).getAsLong());
      case GgufValue other -> throw kind(key, "number", other);
    };
  }

  public Optional<Boolean> flag(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Flag flag -> Optional.of(flag.value());
      case GgufValue other -> throw kind(key, "BOOL", other);
    };
  }

  /** An array of strings; empty where the key is missing. */
  public List<String> texts(String key) {
    return switch (values.get(key)) {
      case null -> List.of();
      case GgufTexts texts -> texts.texts();
      case GgufValue.Sequence none when none.size() == 0 -> List.of();
      case GgufValue other -> throw kind(key, "array of STRING", other);
    };
  }

  /** An array of integers that each fit 32 signed bits; empty where the key is missing. */
  public int[] integers(String key) {
    return switch (values.get(key)) {
      case null -> new int[0];
      case GgufNumbers numbers when numbers.elementType().isInteger() -> {
        int[] integers = new int[numbers.size()];
        for (int i = 0; i < integers.length; i++) {
          long value = numbers.integer(i);
          if (value != (int) value) {
            throw new InputException(
                file + ": metadata " + key + "[" + i + "]: 32 signed bits hold no " + value);
          }
          integers[i] = (int) value;
        }
        yield integers;
      }
      case GgufValue.Sequence none when none.size() == 0 -> new int[0];
      case GgufValue other -> throw kind(key, "array of integers", other);
    };
  }

  /** An array of numbers, rounded to float; empty where the key is missing. */
  public float[] numbers(String key) {
    return switch (values.get(key)) {
      case null -> new float[0];
      case GgufNumbers numbers when numbers.elementType() != GgufType.BOOL -> {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) numbers.number(i);
        }
        yield floats;
      }
      case GgufValue.Sequence none when none.size() == 0 -> new float[0];
      case GgufValue other -> throw kind(key, "array of numbers", other);
    };
  }

  private InputException kind(String key, String needed, GgufValue found) {
    String kind =
        found instanceof GgufValue.Sequence sequence
            ? "array of " + sequence.elementType()
            : found.type().toString();
    return new InputException(
        file + ": metadata " + key + ": " + needed + " needed, " + kind + " found");
  }
}
