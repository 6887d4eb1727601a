package dev.rocmforge.engine.route;

import dev.rocmforge.engine.InputException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Typed reading of environment variables. A variable that is absent or blank is unset; one that is
 * set must parse, so that a misspelt value is never taken for a default.
 */
final class Variables {
  private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");
  private static final Set<String> FALSE = Set.of("0", "false", "no", "off");

  private final Map<String, String> environment;

  Variables(Map<String, String> environment) {
    this.environment = environment;
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  /** {@code 1 true yes on} or {@code 0 false no off}, in any case. */
  Optional<Boolean> truth(String name) {
    return text(name)
        .map(
            value -> {
              String word = value.toLowerCase(Locale.ROOT);
              if (!TRUE.contains(word) && !FALSE.contains(word)) {
                throw refused(name, value, "1, true, yes, on or 0, false, no, off");
              }
              return TRUE.contains(word);
            });
  }

  boolean isTrue(String name) {
    return truth(name).orElse(false);
  }

  /** A switch with its own value as the reason. */
  Toggle toggle(String name) {
    return truth(name).map(on -> Toggle.of(on, name + (on ? "=1" : "=0"))).orElse(Toggle.UNSET);
  }

  /** A whole number from 0 to {@code most}. */
  int integer(String name, int unset, int most) {
    return text(name)
        .map(
            value -> {
              if (value.matches("[0-9]{1,9}") && Integer.parseInt(value) <= most) {
                return Integer.parseInt(value);
              }
              throw refused(name, value, "a whole number from 0 to " + most);
            })
        .orElse(unset);
  }

  /** GiB as a decimal number from 0 to 65536, in bytes, rounded to the nearest. */
  long gibibytes(String name, double unset) {
    double gib = text(name).map(value -> decimal(name, value)).orElse(unset);
    return Math.round(gib * (1L << 30));
  }

  /** Device memory for experts; automatic when unset. */
  ExpertMemory expertMemory(String name) {
    return text(name).map(value -> ExpertMemory.parse(name, value)).orElse(new ExpertMemory.Auto());
  }

  private static double decimal(String name, String value) {
    if (value.matches("\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?")) {
      double gib = Double.parseDouble(value);
      if (gib <= 65536) {
        return gib;
      }
    }
    throw refused(name, value, "a number of GiB from 0 to 65536");
  }

  private static InputException refused(String name, String value, String needed) {
    return new InputException("%s: %s needed, %s found".formatted(name, needed, value));
  }
}
