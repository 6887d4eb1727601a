package dev.rocmforge.engine.route;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which table the router goes by. */
public enum RouterTable {
  /** Batches every format, mixtures of experts, state spaces and prompts of any length. */
  BATCHING,
  /** The documented table to the letter. */
  DOCUMENTED;

  /** The word of the option {@code --router}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The table of a word.
   *
   * @throws InputException naming the words there are
   */
  public static RouterTable of(String word) {
    return Arrays.stream(values())
        .filter(table -> table.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--router: one of %s needed, %s found"
                        .formatted(
                            Arrays.stream(values())
                                .map(RouterTable::word)
                                .collect(Collectors.joining(", ")),
                            word)));
  }
}
