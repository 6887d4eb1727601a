package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufNumbers;
import dev.rocmforge.engine.gguf.GgufTexts;
import dev.rocmforge.engine.gguf.GgufType;
import dev.rocmforge.engine.gguf.GgufValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * GGUF values in JSON with their types, so that nothing is lost: {@code ["UINT32", 7]}, {@code
 * ["ARRAY", "INT32", [1, 2]]}. A float that is not finite is a text; a text that is no UTF-8 is an
 * array of bytes.
 */
final class GgufJson {
  private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

  private GgufJson() {}

  static ArrayNode json(GgufValue value) {
    ArrayNode node = MAKE.arrayNode();
    node.add(value.type().name());
    switch (value) {
      case GgufValue.Whole whole -> integer(node, whole.type(), whole.bits());
      case GgufValue.Real real -> real(node, real.type(), real.value());
      case GgufValue.Flag flag -> node.add(flag.value());
      case GgufValue.Text text -> node.add(text.value());
      case GgufNumbers numbers -> numbers(node, numbers);
      case GgufTexts texts -> texts(node, texts);
      case GgufValue.Nested nested -> {
        ArrayNode inner = node.add("ARRAY").addArray();
        nested.arrays().forEach(array -> inner.add(json(array)));
      }
    }
    return node;
  }

  private static void integer(ArrayNode node, GgufType type, long bits) {
    if (type == GgufType.UINT64) {
      node.add(Long.toUnsignedString(bits));
    } else {
      node.add(bits);
    }
  }

  private static void real(ArrayNode node, GgufType type, double value) {
    if (!Double.isFinite(value)) {
      node.add(Double.toString(value));
    } else if (type == GgufType.FLOAT32) {
      node.add((float) value);
    } else {
      node.add(value);
    }
  }

  private static void numbers(ArrayNode node, GgufNumbers numbers) {
    GgufType type = numbers.elementType();
    ArrayNode values = node.add(type.name()).addArray();
    for (int i = 0; i < numbers.size(); i++) {
      if (type == GgufType.FLOAT32 || type == GgufType.FLOAT64) {
        real(values, type, numbers.number(i));
      } else {
        integer(values, type, numbers.integer(i));
      }
    }
  }

  private static void texts(ArrayNode node, GgufTexts texts) {
    ArrayNode values = node.add("STRING").addArray();
    for (int i = 0; i < texts.size(); i++) {
      byte[] utf8 = texts.utf8(i);
      String text = texts.text(i);
      if (Arrays.equals(utf8, text.getBytes(StandardCharsets.UTF_8))) {
        values.add(text);
      } else {
        ArrayNode bytes = values.addArray();
        for (byte b : utf8) {
          bytes.add(b & 0xFF);
        }
      }
    }
  }

  /**
   * Reads what {@link #json} made.
   *
   * @param place file and key, for messages
   * @throws InputException if it is no such value
   */
  static GgufValue value(String place, JsonNode node) {
    GgufType type = type(place, node.path(0));
    JsonNode content = node.path(1);
    return switch (type) {
      case ARRAY -> sequence(place, node);
      case STRING -> {
        require(place, content.isTextual(), type, content);
        yield GgufValue.of(content.textValue());
      }
      case BOOL -> {
        require(place, content.isBoolean(), type, content);
        yield GgufValue.of(content.booleanValue());
      }
      case FLOAT32, FLOAT64 -> new GgufValue.Real(type, Scalar.read(place, type, content).number());
      default -> new GgufValue.Whole(type, Scalar.read(place, type, content).bits());
    };
  }

  private static GgufType type(String place, JsonNode name) {
    for (GgufType type : GgufType.values()) {
      if (type.name().equals(name.asText())) {
        return type;
      }
    }
    throw new InputException(place + ": a type needed, " + name + " found");
  }

  private static GgufValue.Sequence sequence(String place, JsonNode node) {
    GgufType type = type(place, node.path(1));
    JsonNode content = node.path(2);
    require(place, content.isArray(), type, content);
    return switch (type) {
      case STRING -> {
        List<byte[]> texts = new ArrayList<>(content.size());
        content.forEach(text -> texts.add(utf8(place, text)));
        yield GgufTexts.ofUtf8(texts);
      }
      case ARRAY -> {
        List<GgufValue.Sequence> arrays = new ArrayList<>();
        for (JsonNode inner : content) {
          require(place, inner.path(0).asText().equals("ARRAY"), type, inner);
          arrays.add(sequence(place, inner));
        }
        yield new GgufValue.Nested(arrays);
      }
      default ->
          GgufNumbers.of(
              type,
              content.size(),
              i -> Scalar.read(place + "[" + i + "]", type, content.get(i)).bits());
    };
  }

  private static byte[] utf8(String place, JsonNode text) {
    if (text.isTextual()) {
      return text.textValue().getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[text.size()];
    for (int i = 0; i < bytes.length; i++) {
      JsonNode value = text.get(i);
      require(
          place,
          value.isInt() && value.intValue() >= 0 && value.intValue() <= 255,
          GgufType.UINT8,
          value);
      bytes[i] = (byte) value.intValue();
    }
    return bytes;
  }

  private static void require(String place, boolean holds, GgufType type, JsonNode found) {
    if (!holds) {
      String shown = found.toString();
      throw new InputException(
          "%s: %s needed, %s found"
              .formatted(place, type, shown.length() > 40 ? shown.substring(0, 40) + "…" : shown));
    }
  }

  /** A number as the bits that GGUF stores, and as a double. */
  private record Scalar(long bits, double number) {
    static Scalar read(String place, GgufType type, JsonNode node) {
      try {
        return switch (type) {
          case FLOAT32 -> {
            require(place, node.isNumber() || node.isTextual(), type, node);
            float value = Float.parseFloat(node.asText());
            yield new Scalar(Float.floatToRawIntBits(value), value);
          }
          case FLOAT64 -> {
            require(place, node.isNumber() || node.isTextual(), type, node);
            double value = Double.parseDouble(node.asText());
            yield new Scalar(Double.doubleToRawLongBits(value), value);
          }
          case UINT64 -> {
            require(place, node.isTextual(), type, node);
            yield new Scalar(Long.parseUnsignedLong(node.textValue()), 0);
          }
          default -> {
            require(place, node.isIntegralNumber() && node.canConvertToLong(), type, node);
            yield new Scalar(node.longValue(), 0);
          }
        };
      } catch (NumberFormatException e) {
        throw new InputException(place + ": " + type + " needed, " + node + " found", e);
      }
    }
  }
}
