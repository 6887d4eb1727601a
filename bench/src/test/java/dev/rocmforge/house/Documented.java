package dev.rocmforge.house;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of the documented system and what covers it here, as kept in datasets/documented.json.
 *
 * @param id stable name of the row
 * @param section part of the documented text
 * @param kind option, variable, path, rule, figure and so on
 * @param documented the fact in short words
 * @param commands what a person types to see it, or a file; empty while open
 * @param tests {@code Class#method} of the tests, or scripts under ci/, that hold it; empty while
 *     open
 */
record Documented(
    String id,
    String section,
    String kind,
    String documented,
    List<String> commands,
    List<String> tests) {
  private static final String OPEN = "open";

  static List<Documented> read(Path file) throws IOException {
    JsonMapper mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
    List<Documented> rows = new ArrayList<>();
    for (JsonNode row : mapper.readTree(file.toFile()).required("rows")) {
      rows.add(
          new Documented(
              row.required("id").textValue(),
              row.required("section").textValue(),
              row.required("kind").textValue(),
              row.required("documented").textValue(),
              list(row, "command"),
              list(row, "test")));
    }
    return rows;
  }

  /** The word {@code open}, or a list with at least one entry. */
  private static List<String> list(JsonNode row, String field) {
    JsonNode value = row.required(field);
    if (OPEN.equals(value.textValue())) {
      return List.of();
    }
    if (!value.isArray() || value.isEmpty()) {
      throw new AssertionError(
          row.required("id") + ": " + field + ": a list or \"open\" needed, found " + value);
    }
    List<String> entries = new ArrayList<>();
    value.forEach(entry -> entries.add(entry.textValue()));
    return entries;
  }

  boolean open() {
    return commands.isEmpty() || tests.isEmpty();
  }
}
