package dev.rocmforge.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufType;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.gguf.GgufWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opening a model refuses: a good file with one thing changed. */
class ModelTest {
  private static final Path GOOD = Path.of("../datasets/golden/oracle/qwen2-tied.gguf");

  @TempDir private Path folder;

  @Test
  void opensWhatIsWhole() {
    try (Model model = Model.open(GOOD)) {
      assertEquals(320, model.config().vocabularySize());
      assertEquals(2, model.weights().layers().size());
      assertTrue(model.weights().tied());
    }
  }

  @Test
  void namesTheMissingValue() {
    refused("metadata qwen2.block_count: a value needed", without("qwen2.block_count"));
    refused("metadata general.architecture", without("general.architecture"));
    refused(
        "qwen2.attention.layer_norm_rms_epsilon: a value needed",
        without("qwen2.attention.layer_norm_rms_epsilon"));
  }

  @Test
  void namesTheValueThatDoesNotFit() {
    refused("a divisor of the 8 heads needed, 3 found", with("qwen2.attention.head_count_kv", 3));
    refused(
        "a divisor of embedding_length 256 needed, 7 found",
        m -> {
          put(m, "qwen2.attention.head_count", 7);
          put(m, "qwen2.attention.head_count_kv", 7);
        });
    refused(
        "head length: at most 2147483639 needed, 8000000000 found",
        with("qwen2.attention.key_length", 1_000_000_000));
    refused("an even number up to 32 needed, 33 found", with("qwen2.rope.dimension_count", 33));
    refused("1 to 2147483639 needed, 0 found", with("qwen2.context_length", 0));
    refused(
        "none or linear needed, yarn found",
        m -> m.put("qwen2.rope.scaling.type", new GgufValue.Text("yarn")));
    refused(
        "one of llama, qwen2, qwen3, qwen2moe, qwen3moe, mamba needed, gptneox found",
        m -> m.put("general.architecture", new GgufValue.Text("gptneox")));
  }

  @Test
  void namesTheTensorThatDoesNotFit() {
    refused(
        "tensor blk.0.ffn_gate.weight: shape [256, 500] needed, [256, 512] found",
        with("qwen2.feed_forward_length", 500));
    refused(
        "tensor token_embd.weight: shape [128, any] needed, [256, 320] found",
        with("qwen2.embedding_length", 128));
    refused(
        "tensor blk.2.attn_norm.weight: needed by architecture qwen2",
        with("qwen2.block_count", 3));
    refused(
        "tensor blk.2.attn_norm.weight: needed", with("qwen2.block_count", Integer.MAX_VALUE - 8));
  }

  private static Consumer<Map<String, GgufValue>> without(String key) {
    return metadata -> metadata.remove(key);
  }

  private static Consumer<Map<String, GgufValue>> with(String key, int value) {
    return metadata -> put(metadata, key, value);
  }

  private static void put(Map<String, GgufValue> metadata, String key, int value) {
    metadata.put(key, new GgufValue.Whole(GgufType.UINT32, value));
  }

  private void refused(String part, Consumer<Map<String, GgufValue>> change) {
    Path changed = folder.resolve("changed.gguf");
    try (GgufFile good = GgufFile.open(GOOD)) {
      Map<String, GgufValue> metadata = new LinkedHashMap<>(good.metadata().values());
      change.accept(metadata);
      List<GgufDeclaration> tensors = new ArrayList<>();
      for (GgufTensor tensor : good.tensors()) {
        tensors.add(new GgufDeclaration(tensor.name(), tensor.type(), tensor.shape()));
      }
      try (GgufWriter writer = GgufWriter.create(changed, metadata, tensors)) {
        for (GgufTensor tensor : good.tensors()) {
          writer.append(tensor.name(), tensor.data());
        }
        writer.finish();
      }
    }
    InputException refusal = assertThrows(InputException.class, () -> Model.open(changed).close());
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    assertTrue(refusal.getMessage().startsWith(changed.toString()), refusal.getMessage());
  }
}
