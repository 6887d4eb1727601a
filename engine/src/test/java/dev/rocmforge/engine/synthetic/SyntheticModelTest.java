package dev.rocmforge.engine.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticModelTest {
  /** Wide enough for the formats of 256 weights a block, small in all else. */
  private static final ModelShape SMALL =
      new ModelShape(
          "small", "qwen2", 2, 256, 512, 4, 2, 64, 400, 128, 1e6, 1e-6, true, true, false, "qwen2",
          null);

  @TempDir Path folder;

  private static SyntheticModel model(ModelShape shape, QuantType type) {
    return new SyntheticModel(shape, type, false, 1);
  }

  private Path write(ModelShape shape, QuantType type, long seed) {
    Path path = folder.resolve(type + "-" + seed + ".gguf");
    new SyntheticModel(shape, type, true, seed).write(path, bytes -> {});
    return path;
  }

  /** Numbers of tensors and weights as the public models have them. */
  @ParameterizedTest
  @CsvSource({
    "Qwen2.5-0.5B, 290, 494032768",
    "Qwen2.5-1.5B, 338, 1543714304",
    "Qwen2.5-7B, 339, 7615616512",
    "Qwen3-0.6B, 310, 596049920",
    "SmolLM2-135M, 272, 134515008",
    // 32 rotary factors are no parameters of the original.
    "Llama-3.2-1B, 147, 1235814432",
  })
  void asManyTensorsAndWeightsAsTheOriginal(String name, int tensors, long weights) {
    List<GgufDeclaration> declared = model(ModelShape.named(name), QuantType.F16).tensors();
    assertEquals(tensors, declared.size());
    assertEquals(weights, declared.stream().mapToLong(GgufDeclaration::elements).sum());
  }

  @Test
  void theTestsKnowEveryShape() {
    assertEquals(6, ModelShape.all().size());
  }

  @Test
  void tensorsOfTheHalfBillion() {
    SyntheticModel model = model(ModelShape.named("qwen2.5-0.5b"), QuantType.Q4_0);
    List<String> expected = new ArrayList<>(List.of("token_embd.weight Q4_0 [896, 151936]"));
    for (int layer = 0; layer < 24; layer++) {
      String[] block = {
        "attn_norm.weight F32 [896]", "attn_q.weight Q4_0 [896, 896]",
        "attn_k.weight Q4_0 [896, 128]", "attn_v.weight Q4_0 [896, 128]",
        "attn_q.bias F32 [896]", "attn_k.bias F32 [128]",
        "attn_v.bias F32 [128]", "attn_output.weight Q4_0 [896, 896]",
        "ffn_norm.weight F32 [896]", "ffn_gate.weight Q4_0 [896, 4864]",
        "ffn_up.weight Q4_0 [896, 4864]", "ffn_down.weight Q4_0 [4864, 896]"
      };
      for (String tensor : block) {
        expected.add("blk." + layer + "." + tensor);
      }
    }
    expected.add("output_norm.weight F32 [896]");
    assertEquals(
        expected,
        model.tensors().stream().map(t -> t.name() + " " + t.type() + " " + t.shape()).toList());
    assertEquals(List.of(), model.notes());
  }

  @Test
  void aRowThatDoesNotDivideFallsBackOrIsRefused() {
    ModelShape shape = ModelShape.named("Qwen2.5-0.5B");
    SyntheticModel model = model(shape, QuantType.Q4_K);
    assertEquals(
        "token_embd.weight: Q5_0 instead of Q4_K, rows are 896 wide", model.notes().getFirst());
    // 4864 is 19 blocks of 256: only the matrices with rows of 896 fall back.
    assertEquals(1 + 6 * 24, model.notes().size());
    assertEquals(
        "Qwen2.5-0.5B: tensor token_embd.weight: rows of whole blocks of 256 needed for Q4_K, 896"
            + " wide found",
        assertThrows(InputException.class, () -> new SyntheticModel(shape, QuantType.Q4_K, true, 1))
            .getMessage());
  }

  @Test
  void anUnknownShape() {
    assertTrue(
        assertThrows(InputException.class, () -> ModelShape.named("GPT-9"))
            .getMessage()
            .endsWith("Llama-3.2-1B needed, GPT-9 given"));
  }

  @ParameterizedTest
  @EnumSource(QuantType.class)
  void isReadBackInEveryType(QuantType type) {
    SyntheticModel model = model(SMALL, type);
    try (GgufFile file = GgufFile.open(write(SMALL, type, 1))) {
      assertEquals(model.tensors(), file.tensors().stream().map(GgufDeclaration::of).toList());
      assertEquals(model.metadata(), file.metadata().values());
      GgufTensor norm = file.tensor("blk.1.ffn_norm.weight").orElseThrow();
      assertEquals(1f, norm.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 255 * 4));
    }
  }

  @Test
  void aSeedDecidesEveryByte() throws IOException {
    byte[] one = Files.readAllBytes(write(SMALL, QuantType.Q4_K, 1));
    assertArrayEquals(one, Files.readAllBytes(write(SMALL, QuantType.Q4_K, 1)));
    byte[] two = Files.readAllBytes(write(SMALL, QuantType.Q4_K, 2));
    assertEquals(one.length, two.length);
    int same = 0;
    for (int i = one.length / 2; i < one.length; i++) {
      same += one[i] == two[i] ? 1 : 0;
    }
    assertTrue(same < one.length / 20, same + " of " + one.length / 2 + " bytes alike");
  }

  @Test
  void progressEndsAtTheBytesOfTheModel() {
    SyntheticModel model = model(SMALL, QuantType.Q8_0);
    long[] heard = {0};
    model.write(
        folder.resolve("progress.gguf"),
        bytes -> {
          assertTrue(bytes > heard[0]);
          heard[0] = bytes;
        });
    assertEquals(model.bytes(), heard[0]);
  }

  @Test
  void theVocabularyCanBeUsed() {
    try (GgufFile file = GgufFile.open(write(SMALL, QuantType.Q8_0, 1))) {
      List<String> tokens = file.metadata().texts("tokenizer.ggml.tokens");
      assertEquals(400, new HashSet<>(tokens).size());
      Tokenizer tokenizer = Tokenizer.of(file.metadata());
      String text = "The cat in the hat: \u00e4\u00f6\u00fc \u4f60\u597d \ud83d\ude00\n";
      int[] ids = tokenizer.encode(text, EncodeOptions.PLAIN);
      assertEquals(text, tokenizer.decode(ids));
      assertNotEquals(0, ids.length);
      assertTrue(ids.length < text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
    }
  }

  /** Wave lengths below 2048 stay, those above 8192 stretch 32-fold, in between it is gradual. */
  @Test
  void rotaryFactorsOfLlama3() {
    float[] divisors = ModelShape.named("Llama-3.2-1B").ropeScaling().divisors(500_000, 64);
    assertEquals(32, divisors.length);
    assertEquals(1f, divisors[0]);
    assertEquals(32f, divisors[31]);
    for (int i = 0; i < 32; i++) {
      double wave = 2 * Math.PI * Math.pow(500_000, i / 32.0);
      assertEquals(wave < 2048, divisors[i] == 1f, "factor " + i);
      assertEquals(wave > 8192, divisors[i] == 32f, "factor " + i);
      assertTrue(i == 0 || divisors[i] >= divisors[i - 1]);
    }
  }
}
