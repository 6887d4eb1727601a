package dev.rocmforge.engine.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The choice by tensor on the shapes of known models, expectations written down by hand. */
class QuantPlanTest {
  private record Shape(int layers, long width, long kv, long hidden, boolean tied, int experts) {}

  private static final Shape QWEN_7B = new Shape(28, 3584, 512, 18944, false, 0);
  private static final Shape QWEN_05B = new Shape(24, 896, 128, 4864, true, 0);
  private static final Shape LLAMA_70B = new Shape(80, 8192, 1024, 28672, false, 0);
  private static final Shape MIXTRAL = new Shape(32, 4096, 1024, 14336, false, 8);

  @ParameterizedTest
  @CsvSource({
    // 28 layers: the eighth is 3, the last one begins at 24; between them 5, 8, 11, 14, 17, 20, 23.
    "Q4_K_M, Q6_K, Q4_K, 0 1 2 5 8 11 14 17 20 23 24 25 26 27",
    "Q5_K_M, Q6_K, Q5_K, 0 1 2 5 8 11 14 17 20 23 24 25 26 27",
    "Q4_K_S, Q5_K, Q4_K, 0 1 2",
    "Q5_K_S, Q5_K, Q5_K, ''",
    "Q6_K, Q6_K, Q6_K, ''",
    "Q4_0, Q4_0, Q4_0, ''",
    "Q4_1, Q4_1, Q4_1, ''",
    "Q5_0, Q5_0, Q5_0, ''",
    "Q5_1, Q5_1, Q5_1, ''",
    "Q8_0, Q8_0, Q8_0, ''",
    "F16, F16, F16, ''",
  })
  void feedForwardDownOf28Layers(
      QuantRecipe recipe, QuantType special, QuantType usual, String layers) {
    QuantPlan plan = plan(QWEN_7B, recipe, false);
    List<String> extra = List.of(layers.split(" "));
    for (int layer = 0; layer < 28; layer++) {
      QuantType expected = extra.contains(String.valueOf(layer)) ? special : usual;
      assertEquals(expected, type(plan, "blk." + layer + ".ffn_down.weight"), "layer " + layer);
    }
    assertEquals(List.of(), plan.fallbacks());
  }

  @ParameterizedTest
  @CsvSource({
    "Q4_K_M, Q6_K, Q4_K, 0 1 2 5 8 11 14 17 20 23 24 25 26 27",
    "Q5_K_M, Q6_K, Q5_K, 0 1 2 5 8 11 14 17 20 23 24 25 26 27",
    "Q4_K_S, Q5_K, Q4_K, 0 1 2 3",
    "Q4_0, Q4_0, Q4_0, ''",
  })
  void attentionValueOf28Layers(
      QuantRecipe recipe, QuantType special, QuantType usual, String layers) {
    QuantPlan plan = plan(QWEN_7B, recipe, false);
    List<String> extra = List.of(layers.split(" "));
    for (int layer = 0; layer < 28; layer++) {
      QuantType expected = extra.contains(String.valueOf(layer)) ? special : usual;
      assertEquals(expected, type(plan, "blk." + layer + ".attn_v.weight"), "layer " + layer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Q4_0, Q6_K, Q4_0", "Q4_1, Q6_K, Q4_1", "Q5_0, Q6_K, Q5_0", "Q5_1, Q6_K, Q5_1",
    "Q8_0, Q8_0, Q8_0", "Q4_K_S, Q6_K, Q4_K", "Q4_K_M, Q6_K, Q4_K", "Q5_K_S, Q6_K, Q5_K",
    "Q5_K_M, Q6_K, Q5_K", "Q6_K, Q6_K, Q6_K", "F16, F16, F16", "BF16, BF16, BF16",
    "F32, F32, F32",
  })
  void headAndEmbeddingApart(QuantRecipe recipe, QuantType head, QuantType embedding) {
    QuantPlan plan = plan(QWEN_7B, recipe, false);
    assertEquals(head, type(plan, "output.weight"));
    assertEquals(embedding, type(plan, "token_embd.weight"));
    assertEquals(recipe.type(), type(plan, "blk.3.attn_q.weight"));
    assertEquals(recipe.type(), type(plan, "blk.3.attn_output.weight"));
    assertEquals(recipe.type(), type(plan, "blk.3.ffn_up.weight"));
  }

  @ParameterizedTest
  @CsvSource({
    // recipe, tied embedding, attn_q (896 wide), ffn_down of layer 0 and of layer 4 (4864 = 19 *
    // 256)
    "Q4_0, Q8_0, Q4_0, Q4_0, Q4_0",
    "Q8_0, Q8_0, Q8_0, Q8_0, Q8_0",
    "Q4_K_M, Q8_0, Q5_0, Q6_K, Q4_K",
    "Q4_K_S, Q8_0, Q5_0, Q5_K, Q4_K",
    "Q5_K_M, Q8_0, Q5_1, Q6_K, Q5_K",
    "Q6_K, Q8_0, Q8_0, Q6_K, Q6_K",
  })
  void rowsOf896FallBack(
      QuantRecipe recipe, QuantType head, QuantType query, QuantType first, QuantType fourth) {
    QuantPlan plan = plan(QWEN_05B, recipe, false);
    assertEquals(head, type(plan, "token_embd.weight"));
    assertEquals(query, type(plan, "blk.4.attn_q.weight"));
    assertEquals(first, type(plan, "blk.0.ffn_down.weight"));
    assertEquals(fourth, type(plan, "blk.4.ffn_down.weight"));
    // Query, key, value, output, gate and up of each layer; the value of some layers to Q8_0.
    boolean divides = recipe.type().blockSize() == 32;
    int head896 = recipe == QuantRecipe.Q4_0 ? 1 : 0;
    assertEquals(divides ? head896 : 6 * 24, plan.fallbacks().size());
  }

  @Test
  void headOfLegacyRecipeFallsBackFromQ6K() {
    QuantPlan plan = plan(QWEN_05B, QuantRecipe.Q4_0, false);
    QuantPlan.Choice head = plan.fallbacks().getFirst();
    assertEquals("token_embd.weight", head.tensor().name());
    assertEquals(QuantType.Q6_K, head.wanted());
    assertEquals(QuantType.Q8_0, head.type());
  }

  @ParameterizedTest
  @EnumSource
  void vectorsAndKeptMatricesStay(QuantRecipe recipe) {
    for (boolean pure : new boolean[] {false, true}) {
      QuantPlan plan = plan(MIXTRAL, recipe, pure);
      assertEquals(QuantType.F32, type(plan, "output_norm.weight"));
      assertEquals(QuantType.F32, type(plan, "blk.0.attn_q.bias"));
      assertEquals(QuantType.F32, type(plan, "blk.0.ffn_gate_inp.weight"));
      assertEquals(QuantType.F32, type(plan, "blk.0.ssm_conv1d.weight"));
      assertEquals(QuantType.F32, type(plan, "blk.0.ssm_a"));
    }
  }

  @Test
  void eightExperts() {
    QuantPlan plan = plan(MIXTRAL, QuantRecipe.Q4_K_M, false);
    assertEquals(QuantType.Q8_0, type(plan, "blk.9.attn_v.weight"));
    assertEquals(QuantType.Q8_0, type(plan, "blk.9.attn_k.weight"));
    assertEquals(QuantType.Q5_K, type(plan, "blk.9.attn_output.weight"));
    assertEquals(QuantType.Q4_K, type(plan, "blk.9.attn_q.weight"));
    assertEquals(QuantType.Q6_K, type(plan, "blk.0.ffn_down.weight"));
    assertEquals(
        QuantType.Q8_0, type(plan(MIXTRAL, QuantRecipe.Q4_0, false), "blk.9.attn_k.weight"));
  }

  @Test
  void eightyLayersShareTheirValues() {
    QuantPlan plan = plan(LLAMA_70B, QuantRecipe.Q4_K_S, false);
    assertEquals(QuantType.Q5_K, type(plan, "blk.40.attn_v.weight"));
    assertEquals(QuantType.Q4_K, type(plan, "blk.40.ffn_down.weight"));
  }

  @Test
  void pureHasNoExceptions() {
    QuantPlan plan = plan(QWEN_7B, QuantRecipe.of("Q4_K"), true);
    for (String name : List.of("output.weight", "token_embd.weight", "blk.0.ffn_down.weight")) {
      assertEquals(QuantType.Q4_K, type(plan, name));
    }
  }

  @Test
  void pureRefusesRowsThatDoNotDivide() {
    InputException refusal =
        assertThrows(InputException.class, () -> plan(QWEN_05B, QuantRecipe.Q4_K_M, true));
    assertTrue(refusal.getMessage().contains("token_embd.weight"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("256"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("896"), refusal.getMessage());
  }

  @Test
  void rowsOfNoFormatBecomeHalf() {
    GgufTensor odd = matrix("blk.0.attn_q.weight", 100, 8);
    QuantPlan.Facts facts = new QuantPlan.Facts("llama", 1, 0);
    QuantPlan plan = QuantPlan.of(facts, List.of(odd), QuantRecipe.Q4_K_M, false);
    assertEquals(QuantType.F16, type(plan, odd.name()));
    assertThrows(
        InputException.class, () -> QuantPlan.of(facts, List.of(odd), QuantRecipe.Q4_0, false));
  }

  @Test
  void namesOfRecipes() {
    for (QuantRecipe recipe : QuantRecipe.values()) {
      assertEquals(recipe, QuantRecipe.of(recipe.name().toLowerCase(Locale.ROOT)));
    }
    assertEquals(QuantRecipe.Q5_K_M, QuantRecipe.of("Q5_K"));
    InputException unknown = assertThrows(InputException.class, () -> QuantRecipe.of("Q9_X"));
    assertTrue(unknown.getMessage().contains("Q4_K_M"), unknown.getMessage());
    assertTrue(unknown.getMessage().contains("Q9_X"), unknown.getMessage());
  }

  private static QuantType type(QuantPlan plan, String name) {
    return plan.choices().stream()
        .filter(choice -> choice.tensor().name().equals(name))
        .findFirst()
        .orElseThrow()
        .type();
  }

  private static QuantPlan plan(Shape shape, QuantRecipe recipe, boolean pure) {
    List<GgufTensor> tensors = new ArrayList<>();
    tensors.add(matrix("token_embd.weight", shape.width(), 1000));
    if (!shape.tied()) {
      tensors.add(matrix("output.weight", shape.width(), 1000));
    }
    tensors.add(tensor("output_norm.weight", List.of(shape.width())));
    IntStream.range(0, shape.layers())
        .forEach(layer -> block(tensors, shape, "blk." + layer + "."));
    QuantPlan.Facts facts = new QuantPlan.Facts("llama", shape.layers(), shape.experts());
    return QuantPlan.of(facts, tensors, recipe, pure);
  }

  private static void block(List<GgufTensor> tensors, Shape shape, String prefix) {
    tensors.add(matrix(prefix + "attn_q.weight", shape.width(), shape.width()));
    tensors.add(matrix(prefix + "attn_k.weight", shape.width(), shape.kv()));
    tensors.add(matrix(prefix + "attn_v.weight", shape.width(), shape.kv()));
    tensors.add(matrix(prefix + "attn_output.weight", shape.width(), shape.width()));
    tensors.add(matrix(prefix + "ffn_gate.weight", shape.width(), shape.hidden()));
    tensors.add(matrix(prefix + "ffn_up.weight", shape.width(), shape.hidden()));
    tensors.add(matrix(prefix + "ffn_down.weight", shape.hidden(), shape.width()));
    tensors.add(tensor(prefix + "attn_q.bias", List.of(shape.width())));
    tensors.add(tensor(prefix + "ffn_gate_inp.weight", List.of(shape.width(), 8L)));
    tensors.add(tensor(prefix + "ssm_conv1d.weight", List.of(4L, shape.width())));
    tensors.add(tensor(prefix + "ssm_a", List.of(16L, shape.width())));
  }

  private static GgufTensor matrix(String name, long cols, long rows) {
    return new GgufTensor(
        name, QuantType.BF16, List.of(cols, rows), MemorySegment.NULL, Path.of("m.gguf"), 0);
  }

  private static GgufTensor tensor(String name, List<Long> shape) {
    return new GgufTensor(name, QuantType.F32, shape, MemorySegment.NULL, Path.of("m.gguf"), 0);
  }
}
