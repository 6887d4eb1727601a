package dev.rocmforge.engine.rfm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocmforge.engine.gguf.GgufMetadata;
import dev.rocmforge.engine.gguf.GgufTexts;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.model.Blocks;
import dev.rocmforge.engine.model.FeedForward;
import dev.rocmforge.engine.model.MambaBlocks;
import dev.rocmforge.engine.model.ModelConfig;
import dev.rocmforge.engine.model.Rope;
import dev.rocmforge.engine.model.TransformerBlocks;
import java.util.Map;

/**
 * Metadata of a {@code .rfm} file.
 *
 * @param gguf everything that the model needs, under GGUF's keys and in its types
 * @param fields all other keys of the JSON object, known or not, as they were read; not to be
 *     changed
 * @param checksums CRC-32C in hexadecimal by tensor; empty where the writer gave none
 */
public record RfmMetadata(GgufMetadata gguf, ObjectNode fields, Map<String, String> checksums) {
  static final String GGUF = "gguf";
  static final String TOKENS = "tokens";
  static final String MERGES = "merges";
  static final String CHECKSUMS = "checksums";
  static final String LAYOUT = "layout";
  static final String TOKENS_KEY = "tokenizer.ggml.tokens";
  static final String MERGES_KEY = "tokenizer.ggml.merges";

  public RfmMetadata {
    checksums = Map.copyOf(checksums);
  }

  /** What version 1 documents, made from a model's configuration and metadata. */
  public static RfmMetadata of(GgufMetadata gguf, ModelConfig config) {
    ObjectNode fields = RfmJson.MAPPER.createObjectNode();
    fields.put("architecture", config.architecture());
    fields.put("num_layers", config.layerCount());
    fields.put("hidden_size", config.embeddingLength());
    blocks(fields, config.blocks());
    fields.put("vocab_size", config.vocabularySize());
    fields.put("max_seq_len", config.contextLength());
    fields.put("rms_norm_eps", config.normEpsilon());
    fields.put("use_attention_bias", config.architecture().startsWith("qwen2"));
    String tokenizer = "tokenizer.ggml.";
    for (String id : new String[] {"bos", "eos", "unknown"}) {
      String key = id.equals("unknown") ? "unk_token_id" : id + "_token_id";
      gguf.integer(tokenizer + id + "_token_id")
          .ifPresentOrElse(value -> fields.put(key, value), () -> fields.putNull(key));
    }
    fields.put("tokenizer_model", gguf.text(tokenizer + "model").orElse(null));
    fields.put("tokenizer_pre", gguf.text(tokenizer + "pre").orElse(null));
    fields.put("add_bos", gguf.flag(tokenizer + "add_bos_token").orElse(false));
    fields.put("add_eos", gguf.flag(tokenizer + "add_eos_token").orElse(false));
    fields
        .putObject(LAYOUT)
        .put("nibbles", "i,i+16")
        .put("rows", "dims[1]")
        .put("rotation", "cols a power of two")
        .put("alignment", RfmWriter.ALIGNMENT);
    return new RfmMetadata(gguf, fields, Map.of());
  }

  private static void blocks(ObjectNode fields, Blocks blocks) {
    switch (blocks) {
      case TransformerBlocks transformer -> {
        fields.put("num_heads", transformer.heads());
        fields.put("num_kv_heads", transformer.kvHeads());
        fields.put("head_dim", transformer.keyLength());
        fields.put(
            "intermediate_size",
            switch (transformer.feedForward()) {
              case FeedForward.Dense dense -> dense.length();
              case FeedForward.Experts experts -> experts.length();
            });
        fields.put("rope_theta", transformer.rope().base());
        fields.put("rope_neox", transformer.rope().pairing() == Rope.Pairing.HALVES);
      }
      case MambaBlocks mamba -> {
        fields.put("num_heads", 0).put("num_kv_heads", 0).put("head_dim", 0);
        fields.put("intermediate_size", mamba.innerSize());
        fields.put("rope_theta", 0.0).put("rope_neox", false);
      }
    }
  }

  /** Whether this project's layout rules were stated by the writer. */
  boolean stated() {
    return fields.has(LAYOUT);
  }

  /** The same with other values under documented option keys. */
  public RfmMetadata with(Map<String, Object> options) {
    ObjectNode more = fields.deepCopy();
    options.forEach((key, value) -> more.set(key, RfmJson.MAPPER.valueToTree(value)));
    return new RfmMetadata(gguf, more, checksums);
  }

  /** The same with other checksums. */
  RfmMetadata withChecksums(Map<String, String> sums) {
    return new RfmMetadata(gguf, fields, sums);
  }

  /** Token texts as bytes; empty where the model has no vocabulary. */
  static boolean has(GgufMetadata gguf, String key) {
    GgufValue value = gguf.values().get(key);
    return value instanceof GgufTexts;
  }
}
