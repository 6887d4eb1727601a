package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTexts;
import dev.rocmforge.engine.gguf.GgufValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the metadata object. Vocabulary and merges go straight to bytes; everything else is a tree
 * whose size is bounded by that of the text.
 */
final class RfmMetadataReader {
  private final Path path;
  private final ObjectNode fields = RfmJson.MAPPER.createObjectNode();
  private List<byte[]> tokens;
  private List<byte[]> merges;

  private RfmMetadataReader(Path path) {
    this.path = path;
  }

  /**
   * @throws InputException if it is no such object
   */
  static RfmMetadata read(Path path, byte[] json) {
    var reader = new RfmMetadataReader(path);
    RfmJson.read(path, "metadata", json, reader::object);
    return reader.metadata();
  }

  private ObjectNode object(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new InputException(path + ": metadata: an object needed");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case RfmMetadata.TOKENS -> tokens = texts(parser, key, false);
        case RfmMetadata.MERGES -> merges = texts(parser, key, true);
        default -> fields.set(key, (JsonNode) RfmJson.MAPPER.readTree(parser));
      }
    }
    return fields;
  }

  /** Arrays of bytes; with {@code pairs} arrays of such arrays, joined by a space. */
  private List<byte[]> texts(JsonParser parser, String key, boolean pairs) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    array(parser, key, 0);
    List<byte[]> texts = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array(parser, key, texts.size());
      var text = new ByteArrayOutputStream(16);
      if (!pairs) {
        bytes(parser, key, texts.size(), text);
      } else {
        for (int piece = 0; parser.nextToken() != JsonToken.END_ARRAY; piece++) {
          array(parser, key, texts.size());
          if (piece > 0) {
            text.write(' ');
          }
          bytes(parser, key, texts.size(), text);
        }
      }
      texts.add(text.toByteArray());
    }
    return texts;
  }

  private void array(JsonParser parser, String key, int index) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new InputException(
          "%s: metadata %s[%d]: an array needed, %s found"
              .formatted(path, key, index, parser.currentToken()));
    }
  }

  private void bytes(JsonParser parser, String key, int index, ByteArrayOutputStream into)
      throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() != JsonParser.NumberType.INT
          || parser.getIntValue() < 0
          || parser.getIntValue() > 255) {
        throw new InputException(
            "%s: metadata %s[%d]: a byte of 0 to 255 needed, %s found"
                .formatted(path, key, index, parser.getText()));
      }
      into.write(parser.getIntValue());
    }
  }

  private RfmMetadata metadata() {
    JsonNode typed = fields.remove(RfmMetadata.GGUF);
    JsonNode sums = fields.remove(RfmMetadata.CHECKSUMS);
    Map<String, GgufValue> values =
        typed == null ? RfmDocumentedKeys.values(path, fields) : typed(typed);
    if (typed == null) {
      put(values, RfmMetadata.TOKENS_KEY, tokens);
      put(values, RfmMetadata.MERGES_KEY, merges);
    }
    return new RfmMetadata(new GgufMetadata(path, values), fields, checksums(sums));
  }

  private static void put(Map<String, GgufValue> values, String key, List<byte[]> texts) {
    if (texts != null) {
      values.put(key, GgufTexts.ofUtf8(texts));
    }
  }

  private Map<String, GgufValue> typed(JsonNode typed) {
    if (!typed.isObject()) {
      throw new InputException(path + ": metadata gguf: an object needed");
    }
    Map<String, GgufValue> values = new LinkedHashMap<>();
    typed
        .properties()
        .forEach(
            pair -> {
              String key = pair.getKey();
              String first = pair.getValue().path(0).asText();
              List<byte[]> texts =
                  switch (first) {
                    case RfmMetadata.TOKENS -> needed(tokens, first);
                    case RfmMetadata.MERGES -> needed(merges, first);
                    default -> null;
                  };
              values.put(
                  key,
                  texts == null
                      ? GgufJson.value(path + ": metadata gguf." + key, pair.getValue())
                      : GgufTexts.ofUtf8(texts));
            });
    return values;
  }

  private List<byte[]> needed(List<byte[]> texts, String key) {
    if (texts == null) {
      throw new InputException(path + ": metadata " + key + ": needed by gguf, not there");
    }
    return texts;
  }

  private Map<String, String> checksums(JsonNode sums) {
    Map<String, String> checksums = new LinkedHashMap<>();
    if (sums != null && sums.path("algorithm").asText().equals("CRC-32C")) {
      sums.path("tensors")
          .properties()
          .forEach(pair -> checksums.put(pair.getKey(), pair.getValue().asText()));
    }
    return checksums;
  }
}
