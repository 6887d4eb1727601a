package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.HipUnavailableException;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.route.GpuEnvironment;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * A model of a user's size on the device that the environment names: the tokens of the CPU. Skipped
 * without a device or the model that {@code ROCMFORGE_BENCH_MODEL} names; {@code
 * ROCMFORGE_RUN_REAL_MODEL_GPU_TESTS=1} turns that into a failure.
 */
class RealModelGpuTest {
  private static final int TOKENS = 24;

  /** What a test says when it cannot run: a skip, or a failure where the variable demands it. */
  static RuntimeException cannotRun(Map<String, String> environment, String reason) {
    if (GpuEnvironment.of(environment).realModelTests()) {
      throw new AssertionError(GpuEnvironment.RUN_REAL_MODEL_GPU_TESTS + "=1, but " + reason);
    }
    return new TestAbortedException(reason);
  }

  @Test
  void theVariableTurnsSkipsIntoFailures() {
    String name = GpuEnvironment.RUN_REAL_MODEL_GPU_TESTS;
    for (Map<String, String> unset : List.of(Map.<String, String>of(), Map.of(name, "0"))) {
      assertEquals("no GPU", cannotRun(unset, "no GPU").getMessage());
    }
    AssertionError failure =
        assertThrows(AssertionError.class, () -> cannotRun(Map.of(name, "1"), "no GPU"));
    assertEquals("ROCMFORGE_RUN_REAL_MODEL_GPU_TESTS=1, but no GPU", failure.getMessage());
  }

  @Test
  void greedyTokensAreThoseOfTheCpu() {
    Map<String, String> environment = System.getenv();
    HipSettings settings = HipSettings.of(environment);
    try (GpuBackend gpu = open(environment, settings);
        VectorBackend cpu = new VectorBackend();
        Model model = Model.open(model(environment))) {
      int[] prompt = model.tokenizer().encode("The first thing to know is", EncodeOptions.PROMPT);
      assertArrayEquals(tokens(cpu, model, prompt), tokens(gpu, model, prompt));
    }
  }

  private static GpuBackend open(Map<String, String> environment, HipSettings settings) {
    try {
      return GpuBackend.open(settings, EmulatedGpu.floats());
    } catch (HipUnavailableException e) {
      String kind = settings.kind() == RuntimeKind.NVIDIA ? "NVIDIA" : "AMD";
      throw cannotRun(environment, "no " + kind + " GPU: " + e.getMessage());
    }
  }

  private static Path model(Map<String, String> environment) {
    Path model = Path.of(environment.getOrDefault("ROCMFORGE_BENCH_MODEL", ""));
    if (!Files.isRegularFile(model)) {
      throw cannotRun(
          environment,
          "ROCMFORGE_BENCH_MODEL names no file; such a model is left out of the project for its"
              + " size");
    }
    return model;
  }

  private static int[] tokens(Backend backend, Model model, int[] prompt) {
    SessionOptions options = new SessionOptions(prompt.length + TOKENS, 128, KvType.F32);
    try (Session session = backend.open(model, options)) {
      int[] tokens = new int[TOKENS];
      float[] logits = session.prefill(prompt);
      for (int i = 0; i < TOKENS; i++) {
        tokens[i] = EmulatedGpu.argmax(logits);
        logits = session.step(tokens[i]);
      }
      return tokens;
    }
  }
}
