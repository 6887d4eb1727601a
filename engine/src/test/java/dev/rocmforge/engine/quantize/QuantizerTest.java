package dev.rocmforge.engine.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufValue;
import dev.rocmforge.engine.gguf.GgufWriter;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole files: what is written is each tensor encoded at once, and nothing is left behind. */
class QuantizerTest {
  private static final String MATRIX = "blk.0.attn_q.weight";
  private static final String NORM = "blk.0.attn_norm.weight";

  /** More than one piece, and the last one is no whole part. */
  private static final List<Long> SHAPE = List.of(512L, 2100L);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void piecesAddUpToTheWhole(QuantRecipe recipe) throws IOException {
    float[] weights = weights();
    Path source = source(weights);
    Path out = folder.resolve("out.gguf");
    List<Long> done = new ArrayList<>();
    try (GgufFile model = GgufFile.open(source)) {
      QuantPlan plan = QuantPlan.of(model, recipe, true);
      Quantizer.write(model, plan, out, (tensor, weightsDone, total) -> done.add(weightsDone));
    }
    byte[] expected = new byte[(int) recipe.type().bytes(weights.length)];
    recipe.type().format().encode(weights, 0, MemorySegment.ofArray(expected), 0, weights.length);
    try (GgufFile model = GgufFile.open(out)) {
      GgufTensor matrix = model.tensor(MATRIX).orElseThrow();
      assertEquals(recipe.type(), matrix.type());
      assertEquals(SHAPE, matrix.shape());
      assertEquals(-1, matrix.data().mismatch(MemorySegment.ofArray(expected)));
      assertEquals(QuantType.F32, model.tensor(NORM).orElseThrow().type());
      assertEquals(recipe.fileType(), model.metadata().integer("general.file_type").orElseThrow());
      assertEquals(2, model.metadata().integer("general.quantization_version").orElseThrow());
      assertEquals("llama", model.metadata().text("general.architecture").orElseThrow());
      assertFalse(model.metadata().has("split.count"));
    }
    assertEquals(3, done.size());
    assertEquals(weights.length + 512, done.getLast());
  }

  @Test
  void weightThatIsNoNumberIsRefusedAndNothingStays() throws IOException {
    float[] weights = weights();
    weights[1_060_000] = Float.NaN;
    Path source = source(weights);
    Path out = folder.resolve("out.gguf");
    try (GgufFile model = GgufFile.open(source)) {
      QuantPlan plan = QuantPlan.of(model, QuantRecipe.Q4_0, false);
      InputException refusal =
          assertThrows(
              InputException.class, () -> Quantizer.write(model, plan, out, (_, _, _) -> {}));
      assertTrue(refusal.getMessage().contains(MATRIX), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("1060000"), refusal.getMessage());
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(source), files.toList());
    }
  }

  private static float[] weights() {
    Random random = new Random(3);
    float[] weights = new float[512 * 2100];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return weights;
  }

  private Path source(float[] weights) {
    Path source = folder.resolve("source.gguf");
    Map<String, GgufValue> metadata =
        Map.of("general.architecture", GgufValue.of("llama"), "llama.block_count", GgufValue.of(1));
    List<GgufDeclaration> tensors =
        List.of(
            new GgufDeclaration(NORM, QuantType.F32, List.of(512L)),
            new GgufDeclaration(MATRIX, QuantType.F32, SHAPE));
    try (GgufWriter writer = GgufWriter.create(source, metadata, tensors)) {
      writer.append(NORM, MemorySegment.ofArray(new float[512]));
      writer.append(MATRIX, MemorySegment.ofArray(weights));
      writer.finish();
    }
    return source;
  }
}
