package dev.rocmforge.bench.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Greedy continuations of known models, computed elsewhere.
 *
 * @param models one entry a model file
 */
public record GoldenText(List<Entry> models) {
  /**
   * One continuation.
   *
   * @param sha256 of the model file
   * @param prompt token ids
   * @param next the greedy continuation
   * @param origin who computed it
   */
  public record Entry(String sha256, TokenIds prompt, TokenIds next, String origin) {}

  public GoldenText {
    models = List.copyOf(models);
  }

  /**
   * Reads the file.
   *
   * @throws InputException if it is missing or malformed
   */
  public static GoldenText read(Path file) {
    try {
      return JsonMapper.builder().build().readValue(file.toFile(), GoldenText.class);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The continuation known of a model. */
  public Optional<Entry> of(String sha256) {
    return models.stream().filter(entry -> entry.sha256().equals(sha256)).findFirst();
  }
}
