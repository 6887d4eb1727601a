package dev.rocmforge.engine.route;

import dev.rocmforge.engine.InputException;
import java.util.Locale;
import java.util.Optional;

/** How much device memory the experts of a mixture may take. Shared experts are not among them. */
public sealed interface ExpertMemory {
  /** All of them where they fit, else what is left beside everything else. */
  record Auto() implements ExpertMemory {}

  /** All of them, or nothing runs. */
  record All() implements ExpertMemory {}

  /**
   * Some of them; the others wait in host memory.
   *
   * @param percent of their number, more than 0 and at most 100
   */
  record Share(double percent) implements ExpertMemory {}

  /** As many as so many bytes hold. */
  record Bytes(long bytes) implements ExpertMemory {}

  /**
   * {@code auto}, {@code all}, a percentage such as {@code 50%}, or GiB as a decimal number; empty
   * if the text is none of these.
   */
  static Optional<ExpertMemory> of(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.equals("auto")) {
      return Optional.of(new Auto());
    }
    if (word.equals("all")) {
      return Optional.of(new All());
    }
    boolean share = word.endsWith("%");
    String number = share ? word.substring(0, word.length() - 1).strip() : word;
    if (!number.matches("[0-9]{1,6}(\\.[0-9]{1,9})?")) {
      return Optional.empty();
    }
    double value = Double.parseDouble(number);
    if (value <= 0 || (share && value > 100)) {
      return Optional.empty();
    }
    return Optional.of(share ? new Share(value) : new Bytes(Math.round(value * (1L << 30))));
  }

  /**
   * As {@link #of}.
   *
   * @param name of the variable or option, for the message
   * @throws InputException if the text is none of these
   */
  static ExpertMemory parse(String name, String text) {
    return of(text)
        .orElseThrow(
            () ->
                new InputException(
                    "%s: auto, all, a percentage above 0%% up to 100%% or GiB above 0 needed, %s found"
                        .formatted(name, text)));
  }

  /** Whether experts are paged whether they fit or not. */
  default boolean pages() {
    return this instanceof Share || this instanceof Bytes;
  }
}
