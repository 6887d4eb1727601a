package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** JSON of a stranger: bounded in depth, names, numbers and texts, no key twice, nothing after. */
final class RfmJson {
  private static final int MOST_DEPTH = 12;
  private static final int MOST_TEXT = 8 << 20;
  private static final int MOST_NAME = 1 << 12;
  private static final int MOST_DIGITS = 64;

  static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_DEPTH)
                          .maxStringLength(MOST_TEXT)
                          .maxNameLength(MOST_NAME)
                          .maxNumberLength(MOST_DIGITS)
                          .build())
                  .build())
          .build();

  /** Reads the value that the parser stands before. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonParser parser) throws IOException;
  }

  private RfmJson() {}

  /**
   * Reads one document that fills {@code bytes} but for white space.
   *
   * @param part what it is, for messages
   * @throws InputException if it is no such JSON
   */
  static <T> T read(Path path, String part, byte[] bytes, Reader<T> reader) {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      T value = reader.read(parser);
      if (parser.nextToken() != null) {
        throw new InputException(
            "%s: %s at byte %d: the end needed, %s found"
                .formatted(
                    path, part, parser.currentTokenLocation().getByteOffset(), parser.getText()));
      }
      return value;
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
      throw new InputException(
          "%s: %s at byte %d: JSON within limits needed, %s"
              .formatted(path, part, at, line(e.getOriginalMessage())),
          e);
    } catch (IOException e) {
      throw new InputException(path + ": " + part + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String line(String message) {
    String first = message.lines().findFirst().orElse("");
    return first.length() <= 200 ? first : first.substring(0, 200) + "…";
  }

  /** A whole number of 0 on under {@code key}. */
  static long whole(String place, JsonNode object, String key) {
    JsonNode value = object.get(key);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new InputException("%s: %s: an integer needed, %s found".formatted(place, key, value));
    }
    if (value.longValue() < 0) {
      throw new InputException("%s: %s: 0 or more needed, %s found".formatted(place, key, value));
    }
    return value.longValue();
  }

  /** A text under {@code key}. */
  static String text(String place, JsonNode object, String key) {
    return Optional.ofNullable(object.get(key))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .orElseThrow(
            () ->
                new InputException(
                    "%s: %s: a text needed, %s found".formatted(place, key, object.get(key))));
  }
}
