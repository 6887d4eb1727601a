package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** GGUF metadata of a file that has the documented keys alone. */
final class RfmDocumentedKeys {
  private static final Map<String, String> COUNTS =
      Map.of(
          "num_layers", "block_count",
          "hidden_size", "embedding_length",
          "num_heads", "attention.head_count",
          "num_kv_heads", "attention.head_count_kv",
          "intermediate_size", "feed_forward_length",
          "max_seq_len", "context_length");
  private static final Map<String, String> TOKENIZER =
      Map.of(
          "bos_token_id", "bos_token_id",
          "eos_token_id", "eos_token_id",
          "unk_token_id", "unknown_token_id",
          "tokenizer_model", "model",
          "tokenizer_pre", "pre",
          "add_bos", "add_bos_token",
          "add_eos", "add_eos_token");

  private RfmDocumentedKeys() {}

  /**
   * @throws InputException if a documented key is missing or of another type
   */
  static Map<String, GgufValue> values(Path path, ObjectNode fields) {
    String place = path + ": metadata";
    Map<String, GgufValue> values = new LinkedHashMap<>();
    String architecture = RfmJson.text(place, fields, "architecture");
    values.put("general.architecture", GgufValue.of(architecture));
    COUNTS.forEach((key, name) -> values.put(architecture + "." + name, count(place, fields, key)));
    GgufValue head = count(place, fields, "head_dim");
    values.put(architecture + ".attention.key_length", head);
    values.put(architecture + ".attention.value_length", head);
    values.put(
        architecture + ".attention.layer_norm_rms_epsilon", number(place, fields, "rms_norm_eps"));
    values.put(architecture + ".rope.freq_base", number(place, fields, "rope_theta"));
    TOKENIZER.forEach(
        (key, name) -> {
          JsonNode value = fields.path(key);
          String full = "tokenizer.ggml." + name;
          if (value.isTextual()) {
            values.put(full, GgufValue.of(value.textValue()));
          } else if (value.isBoolean()) {
            values.put(full, GgufValue.of(value.booleanValue()));
          } else if (value.isNumber()) {
            values.put(full, count(place, fields, key));
          }
        });
    return values;
  }

  private static GgufValue count(String place, ObjectNode fields, String key) {
    long value = RfmJson.whole(place, fields, key);
    if (value > Integer.MAX_VALUE) {
      throw new InputException(
          "%s: %s: at most %d needed, %d found".formatted(place, key, Integer.MAX_VALUE, value));
    }
    return GgufValue.of((int) value);
  }

  private static GgufValue number(String place, ObjectNode fields, String key) {
    JsonNode value = fields.path(key);
    if (!value.isNumber()) {
      throw new InputException("%s: %s: a number needed, %s found".formatted(place, key, value));
    }
    return GgufValue.of((float) value.doubleValue());
  }
}
