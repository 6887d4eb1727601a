package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.gguf.GgufTexts;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** Metadata as a JSON object: documented keys, unknown keys, GGUF's typed values, checksums. */
final class RfmMetadataWriter {
  private RfmMetadataWriter() {}

  static byte[] bytes(RfmMetadata metadata) {
    ObjectNode root = metadata.fields().deepCopy();
    ObjectNode gguf = RfmJson.MAPPER.createObjectNode();
    metadata
        .gguf()
        .values()
        .forEach(
            (key, value) -> {
              if (value instanceof GgufTexts texts && key.equals(RfmMetadata.TOKENS_KEY)) {
                gguf.putArray(key).add(RfmMetadata.TOKENS);
                tokens(root.putArray(RfmMetadata.TOKENS), texts);
              } else if (value instanceof GgufTexts texts && key.equals(RfmMetadata.MERGES_KEY)) {
                gguf.putArray(key).add(RfmMetadata.MERGES);
                merges(root.putArray(RfmMetadata.MERGES), texts);
              } else {
                gguf.set(key, GgufJson.json(value));
              }
            });
    root.set(RfmMetadata.GGUF, gguf);
    ObjectNode sums = root.putObject(RfmMetadata.CHECKSUMS).put("algorithm", "CRC-32C");
    ObjectNode tensors = sums.putObject("tensors");
    new TreeMap<>(metadata.checksums()).forEach(tensors::put);
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void tokens(ArrayNode into, GgufTexts texts) {
    for (int i = 0; i < texts.size(); i++) {
      bytes(into, texts.utf8(i), 0, -1);
    }
  }

  /** A merge is two pieces around the first space that has a piece before it. */
  private static void merges(ArrayNode into, GgufTexts texts) {
    for (int i = 0; i < texts.size(); i++) {
      byte[] merge = texts.utf8(i);
      int space = 1;
      while (space < merge.length && merge[space] != ' ') {
        space++;
      }
      ArrayNode pair = into.addArray();
      bytes(pair, merge, 0, Math.min(space, merge.length));
      if (space < merge.length) {
        bytes(pair, merge, space + 1, merge.length);
      }
    }
  }

  private static void bytes(ArrayNode into, byte[] text, int from, int to) {
    ArrayNode node = into.addArray();
    for (int i = from; i < (to < 0 ? text.length : to); i++) {
      node.add(text[i] & 0xFF);
    }
  }
}
