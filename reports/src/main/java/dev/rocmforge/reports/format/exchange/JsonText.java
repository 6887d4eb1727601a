package dev.rocmforge.reports.format.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.reports.ReportException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** JSON as the formats need it: written one way, read with errors that name the place. */
final class JsonText {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final DefaultPrettyPrinter PRINTER =
      new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

  private JsonText() {}

  static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static String pretty(JsonNode tree) {
    try {
      return MAPPER.writer(PRINTER).writeValueAsString(tree) + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree always has a JSON form", e);
    }
  }

  static JsonNode read(String place, String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ReportException(
          "%s: no JSON at character %d: %s"
              .formatted(place, e.getLocation().getCharOffset(), e.getOriginalMessage()),
          e);
    }
  }

  /** The objects of an array, each with its place. */
  static List<Place> rows(String place, String text) {
    JsonNode tree = read(place, text);
    if (!tree.isArray()) {
      throw new ReportException(place + ": an array needed, " + word(tree) + " found");
    }
    List<Place> rows = new ArrayList<>();
    for (JsonNode row : tree) {
      rows.add(Place.of(place + ": row " + (rows.size() + 1), row));
    }
    return rows;
  }

  private static String word(JsonNode node) {
    String text = node.isMissingNode() ? "nothing" : node.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /**
   * An object and where it stands.
   *
   * @param at for errors
   */
  record Place(String at, ObjectNode node) {
    static Place of(String at, JsonNode node) {
      if (node instanceof ObjectNode object) {
        return new Place(at, object);
      }
      throw new ReportException(at + ": an object needed, " + word(node) + " found");
    }

    Place child(String field) {
      return of(at + ": " + field, node.path(field));
    }

    String text(String field) {
      JsonNode value = node.path(field);
      if (!value.isTextual()) {
        throw new ReportException(at + ": " + field + ": a text needed, " + word(value) + " found");
      }
      return value.textValue();
    }

    double number(String field) {
      return value(field)
          .orElseThrow(
              () ->
                  new ReportException(
                      at
                          + ": "
                          + field
                          + ": a number needed, "
                          + word(node.path(field))
                          + " found"));
    }

    /** Empty where the field is missing, null, or what tools write for no number. */
    OptionalDouble value(String field) {
      JsonNode value = node.path(field);
      if (value.isNumber()) {
        return OptionalDouble.of(value.doubleValue());
      }
      if (value.isMissingNode() || value.isNull() || value.asText().equals("NaN")) {
        return OptionalDouble.empty();
      }
      throw new ReportException(at + ": " + field + ": a number needed, " + word(value) + " found");
    }

    /** All numbers of a field, whatever arrays they stand in; none where it is missing. */
    List<Double> numbers(String field) {
      List<Double> found = new ArrayList<>();
      collect(at + ": " + field, node.path(field), found);
      return found;
    }

    private static void collect(String at, JsonNode value, List<Double> into) {
      if (value.isNumber()) {
        into.add(value.doubleValue());
      } else if (value.isArray()) {
        value.forEach(item -> collect(at, item, into));
      } else if (!value.isMissingNode()) {
        throw new ReportException(at + ": numbers needed, " + word(value) + " found");
      }
    }

    /** Every plain value but the named ones, as text. */
    SortedMap<String, String> labels(Set<String> but) {
      SortedMap<String, String> labels = new TreeMap<>();
      for (var field : node.properties()) {
        if (!but.contains(field.getKey()) && field.getValue().isValueNode()) {
          labels.put(field.getKey(), field.getValue().asText());
        }
      }
      return labels;
    }
  }
}
