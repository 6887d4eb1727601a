package dev.rocmforge.engine.gpu.feature;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads a table that ships with the classes: {@code #} comments, a line of heads, then rows. */
final class TableFile {
  private TableFile() {}

  static List<List<String>> rows(String name, int columns) {
    try (InputStream file = TableFile.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new AssertionError(name + " is not on the class path");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .skip(1)
          .map(line -> cells(name, line, columns))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> cells(String name, String line, int columns) {
    List<String> cells = List.of(line.split("\t"));
    if (cells.size() != columns) {
      throw new AssertionError(name + ": " + columns + " columns needed: " + line);
    }
    return cells;
  }

  static boolean yes(String cell) {
    return switch (cell) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw new AssertionError("yes or no needed, found " + cell);
    };
  }
}
