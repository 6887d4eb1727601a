package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tensor table: a JSON array, padded with spaces. */
final class RfmTable {
  private RfmTable() {}

  /**
   * @param payload bytes of the file after the table
   * @throws InputException if a row does not fit the file, another row or its own encoding
   */
  static List<RfmEntry> parse(Path path, byte[] json, long payload) {
    List<RfmEntry> entries = RfmJson.read(path, "tensor table", json, parser -> rows(path, parser));
    for (RfmEntry entry : entries) {
      if (entry.size() > payload - entry.offset()) {
        throw new InputException(
            "%s: tensor %s at payload 0x%x: %d bytes needed, %d left"
                .formatted(
                    path,
                    entry.name(),
                    entry.offset(),
                    entry.size(),
                    Math.max(0, payload - entry.offset())));
      }
    }
    disjoint(path, entries);
    return entries;
  }

  private static List<RfmEntry> rows(Path path, JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new InputException(path + ": tensor table: an array needed");
    }
    List<RfmEntry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonNode node = RfmJson.MAPPER.readTree(parser);
      RfmEntry entry = RfmEntry.parse(path + ": tensor " + entries.size(), node);
      if (!names.add(entry.name())) {
        throw new InputException(
            "%s: tensor %d %s: one of the name needed, another is before it"
                .formatted(path, entries.size(), entry.name()));
      }
      entries.add(entry);
    }
    return entries;
  }

  private static void disjoint(Path path, List<RfmEntry> entries) {
    List<RfmEntry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(RfmEntry::offset));
    for (int i = 1; i < sorted.size(); i++) {
      RfmEntry before = sorted.get(i - 1);
      RfmEntry entry = sorted.get(i);
      if (before.offset() + before.size() > entry.offset()) {
        throw new InputException(
            "%s: tensor %s at payload 0x%x: bytes of its own needed, %s ends at 0x%x"
                .formatted(
                    path,
                    entry.name(),
                    entry.offset(),
                    before.name(),
                    before.offset() + before.size()));
      }
    }
  }

  /** The JSON, not padded. */
  static byte[] bytes(List<RfmEntry> entries) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    entries.forEach(entry -> array.add(entry.json()));
    return array.toString().getBytes(StandardCharsets.UTF_8);
  }
}
