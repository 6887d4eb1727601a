package dev.rocmforge.reports.record;

import dev.rocmforge.reports.ReportException;
import java.util.Objects;
import java.util.regex.Pattern;

/** What a field of a record must satisfy; the error names the field and the value found. */
final class Require {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int SHOWN_CHARACTERS = 80;

  private Require() {}

  static <T> T present(T value, String field) {
    if (value == null) {
      throw new ReportException(field + ": a value needed, none found");
    }
    return value;
  }

  static String text(String value, String field) {
    if (present(value, field).isBlank()) {
      throw new ReportException(field + ": a text needed, blank found");
    }
    return value;
  }

  static String sha256(String value, String field) {
    if (!SHA256.matcher(present(value, field)).matches()) {
      throw new ReportException(
          field + ": 64 lower-case hexadecimal digits needed, found " + shown(value));
    }
    return value;
  }

  /** A file name without any folder, so that a record never tells where a person keeps files. */
  static String fileName(String value, String field) {
    if (text(value, field).indexOf('/') >= 0 || value.indexOf('\\') >= 0) {
      throw new ReportException(field + ": a name without folders needed, found " + shown(value));
    }
    return value;
  }

  static long atLeast(long minimum, long value, String field) {
    if (value < minimum) {
      throw new ReportException(field + ": at least " + minimum + " needed, found " + value);
    }
    return value;
  }

  static void that(boolean condition, String field, String needed, Object found) {
    if (!condition) {
      throw new ReportException(
          field + ": " + needed + " needed, found " + shown(Objects.toString(found)));
    }
  }

  private static String shown(String value) {
    return value.length() <= SHOWN_CHARACTERS
        ? "'" + value + "'"
        : "'" + value.substring(0, SHOWN_CHARACTERS) + "…' (" + value.length() + " characters)";
  }
}
