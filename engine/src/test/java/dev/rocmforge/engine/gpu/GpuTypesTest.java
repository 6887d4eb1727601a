package dev.rocmforge.engine.gpu;

import static dev.rocmforge.engine.gpu.EmulatedGpu.FLOAT_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.HALF_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.assertNear;
import static dev.rocmforge.engine.gpu.EmulatedGpu.prompt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.quantize.QuantPlan;
import dev.rocmforge.engine.quantize.QuantRecipe;
import dev.rocmforge.engine.quantize.Quantizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every weight type, in batches and token by token, floats and signed bytes: a trained model that
 * the engine's own tool quantizes. Its rows have 256 and 768 weights, so that no type falls back.
 */
class GpuTypesTest {
  private static final SessionOptions OPTIONS = new SessionOptions(64, 32, KvType.F32);
  private static final int TOKENS = 33;
  private static final int STEPS = 3;

  @TempDir private Path folder;

  static Stream<QuantType> supported() {
    return Arrays.stream(QuantType.values()).filter(PlaneLayout::supports);
  }

  static Stream<QuantType> unsupported() {
    return Arrays.stream(QuantType.values()).filter(type -> !PlaneLayout.supports(type));
  }

  @ParameterizedTest
  @MethodSource("supported")
  void agreesWithTheReference(QuantType type) {
    Path file = lexicon(type);
    GpuOptions q8 = EmulatedGpu.floats().withQ8Activations(Choice.ON);
    try (Model model = Model.open(file);
        ScalarBackend scalar = new ScalarBackend();
        Session expected = scalar.open(model, OPTIONS)) {
      int[] prompt = prompt(TOKENS, model.config().vocabularySize());
      float[][] rows = run(expected, prompt);
      try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
          Session found = backend.open(model, OPTIONS)) {
        compare(rows, run(found, prompt), FLOAT_BOUND, type + " floats");
      }
      if (PlaneLayout.quantized(type)) {
        try (GpuBackend backend = EmulatedGpu.open(q8);
            Session found = backend.open(model, OPTIONS)) {
          double bound = EmulatedGpu.q8Bound(model.config().layerCount());
          float[][] bytes = run(found, prompt);
          compare(rows, bytes, bound, type + " signed bytes");
          // Rounding shows: the signed bytes were really used.
          assertTrue(EmulatedGpu.distance(rows[STEPS], bytes[STEPS]) > FLOAT_BOUND);
        }
      }
      if (type == QuantType.F16) {
        try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats().withDot2(Choice.ON));
            Session found = backend.open(model, OPTIONS)) {
          float[][] pairs = run(found, prompt);
          compare(rows, pairs, HALF_BOUND, type + " in pairs");
          // As above: the steps were rounded. So is the head of a prefill's last row, a single
          // product.
          assertTrue(EmulatedGpu.distance(rows[STEPS], pairs[STEPS]) > 1e-5);
        }
      }
    }
  }

  /** Every matrix in the type, the table and head too. */
  private Path lexicon(QuantType type) {
    Path file = folder.resolve(type + ".gguf");
    QuantRecipe recipe =
        switch (type) {
          case Q4_K -> QuantRecipe.Q4_K_S;
          case Q5_K -> QuantRecipe.Q5_K_S;
          default -> QuantRecipe.of(type.name());
        };
    try (GgufFile source = GgufFile.open(lexicon())) {
      Quantizer.write(source, QuantPlan.of(source, recipe, true), file, (_, _, _) -> {});
    }
    try (GgufFile quantized = GgufFile.open(file)) {
      List<QuantType> matrices =
          quantized.tensors().stream()
              .filter(tensor -> tensor.shape().size() == 2)
              .map(GgufTensor::type)
              .toList();
      assertEquals(Collections.nCopies(43, type), matrices);
    }
    return file;
  }

  /** The F16 original where a folder of golden data has it, else the Q8_0 file of the project. */
  private static Path lexicon() {
    Path original = Oracle.folder().resolveSibling("models/lexicon-tiny-f16.gguf");
    return Files.exists(original) ? original : Path.of("../datasets/models/lexicon-tiny-q8_0.gguf");
  }

  private static float[][] run(Session session, int[] prompt) {
    float[][] rows = new float[1 + STEPS][];
    rows[0] = session.prefill(prompt).clone();
    for (int i = 0; i < STEPS; i++) {
      rows[1 + i] = session.step(prompt[i]).clone();
    }
    return rows;
  }

  private static void compare(float[][] expected, float[][] found, double bound, String what) {
    for (int i = 0; i < found.length; i++) {
      assertNear(expected[i], found[i], bound, what + ", row " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void refusesTypesWithoutKernels(QuantType type) {
    Path file = EmulatedGpu.synthetic(folder, type);
    try (Model model = Model.open(file);
        GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats())) {
      InputException refused =
          assertThrows(InputException.class, () -> backend.open(model, OPTIONS));
      assertTrue(refused.getMessage().contains(type.name()), refused.getMessage());
      assertTrue(GpuBackend.unsupported(model).isPresent());
    }
  }
}
