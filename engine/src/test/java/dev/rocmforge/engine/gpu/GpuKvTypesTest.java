package dev.rocmforge.engine.gpu;

import static dev.rocmforge.engine.gpu.EmulatedGpu.FLOAT_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.HALF_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.assertNear;
import static dev.rocmforge.engine.gpu.EmulatedGpu.prompt;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.session.KvReader;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every storage of the cache on the emulated device, against the CPU with the same storage.
 *
 * <p>The bound is that of sums in another order, as without codes, and f16's where one side is f16.
 * A value that lies within rounding of the border of two levels may take the other level on one
 * side; with these weights and tokens none does where it would show, and both sides are
 * deterministic.
 */
class GpuKvTypesTest {
  private static final int STEPS = 4;

  @TempDir private static Path folder;

  private static Path model(int layers, int heads, int head, int context) {
    var shape =
        new ModelShape(
            "small", "qwen2", layers, 64, 128, heads, heads / 2, head, 512, context, 1e6, 1e-6,
            false, true, false, "qwen2", null);
    Path file = folder.resolve("%d-%d-%d.gguf".formatted(heads, head, context));
    if (!file.toFile().exists()) {
      new SyntheticModel(shape, QuantType.Q8_0, true, 3).write(file, _ -> {});
    }
    return file;
  }

  static Stream<Arguments> cases() {
    return Stream.of(
            "q8_0", "turbo4", "turbo3", "turbo2", "turbo4/f16", "f16/turbo3", "turbo2/q8_0")
        .flatMap(
            word ->
                Stream.of(
                    Arguments.of(word, 64, 1, 32),
                    Arguments.of(word, 80, 16, 64),
                    Arguments.of(word, 24, 16, 32)));
  }

  /** Prompts in batches, or token by token, then single tokens; heads of 24 and 80 as well. */
  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(String word, int head, int batch, int wave) {
    SessionOptions options = new SessionOptions(128, batch, KvStorage.parse(word));
    double bound = bound(options.kv());
    try (Model model = Model.open(model(2, 4, head, 128));
        ScalarBackend scalar = new ScalarBackend();
        GpuBackend gpu = EmulatedGpu.open(floats(wave));
        Session expected = scalar.open(model, options);
        Session found = gpu.open(model, options)) {
      int[] prompt = prompt(33, model.config().vocabularySize());
      assertNear(expected.prefill(prompt), found.prefill(prompt), bound, word + ", prompt");
      for (int i = 0; i < STEPS; i++) {
        assertNear(expected.step(7 * i), found.step(7 * i), bound, word + ", step " + i);
      }
      sameCache(expected.keyValues().orElseThrow(), found.keyValues().orElseThrow(), bound);
    }
  }

  private static GpuOptions floats(int wave) {
    return EmulatedGpu.floats().withWave(wave);
  }

  private static double bound(KvStorage kv) {
    return kv.keys() == KvType.F16 || kv.values() == KvType.F16 ? HALF_BOUND : FLOAT_BOUND;
  }

  private static void sameCache(KvReader expected, KvReader found, double bound) {
    assertEquals(expected.positions(), found.positions());
    for (int layer = 0; layer < expected.layers(); layer++) {
      for (int position : new int[] {0, 17, expected.positions() - 1}) {
        float[][] rows = new float[4][expected.keyWidth()];
        for (int i = 0; i < expected.keyWidth(); i++) {
          rows[0][i] = expected.key(layer, position, i);
          rows[1][i] = found.key(layer, position, i);
        }
        for (int i = 0; i < expected.keyWidth(); i++) {
          rows[2][i] = expected.value(layer, position, i);
          rows[3][i] = found.value(layer, position, i);
        }
        // A scale may fall on either side of a rounding to f16.
        double rounding = Math.max(bound, 1.0 / 2048);
        assertNear(rows[0], rows[1], rounding, "keys of " + layer + ", " + position);
        assertNear(rows[2], rows[3], rounding, "values of " + layer + ", " + position);
      }
    }
  }

  static Stream<Arguments> contexts() {
    return Stream.concat(
        Stream.of(1, 2047, 2049, 5000).map(length -> Arguments.of("turbo4", length)),
        Stream.of("turbo3", "turbo2", "q8_0").map(word -> Arguments.of(word, 2049)));
  }

  /** With a graph and without, bit for bit; against the CPU within the bound. */
  @ParameterizedTest
  @MethodSource("contexts")
  void contexts(String word, int length) {
    SessionOptions options = new SessionOptions(length + STEPS, 512, KvStorage.parse(word));
    try (Model model = Model.open(model(1, 2, 64, 8192))) {
      int[] prompt = prompt(length, model.config().vocabularySize());
      try (VectorBackend cpu = new VectorBackend(2)) {
        float[][] expected = run(cpu, model, options, prompt);
        float[][] on =
            run(EmulatedGpu.open(floats(32).withGraph(Choice.ON)), model, options, prompt);
        float[][] off =
            run(EmulatedGpu.open(floats(32).withGraph(Choice.OFF)), model, options, prompt);
        for (int i = 0; i < expected.length; i++) {
          assertArrayEquals(on[i], off[i], "graph on and off, row " + i);
          assertNear(expected[i], on[i], bound(options.kv()), length + " tokens, row " + i);
        }
      }
    }
  }

  private static float[][] run(Backend backend, Model model, SessionOptions options, int[] prompt) {
    try (backend;
        Session session = backend.open(model, options)) {
      float[][] rows = new float[STEPS + 1][];
      rows[0] = session.prefill(prompt).clone();
      for (int i = 0; i < STEPS; i++) {
        rows[i + 1] = session.step(7 * i).clone();
      }
      return rows;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"turbo4+qjl", "turbo3+full1"})
  void whatRunsOnTheCpuAloneIsRefused(String word) {
    try (Model model = Model.open(model(2, 4, 64, 128));
        GpuBackend gpu = EmulatedGpu.open(floats(32))) {
      SessionOptions options = new SessionOptions(64, 8, KvStorage.parse(word));
      InputException refused =
          assertThrows(InputException.class, () -> gpu.open(model, options).close());
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }
}
