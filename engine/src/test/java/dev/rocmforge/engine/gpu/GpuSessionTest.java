package dev.rocmforge.engine.gpu;

import static dev.rocmforge.engine.gpu.EmulatedGpu.FLOAT_BOUND;
import static dev.rocmforge.engine.gpu.EmulatedGpu.argmax;
import static dev.rocmforge.engine.gpu.EmulatedGpu.assertNear;
import static dev.rocmforge.engine.gpu.EmulatedGpu.prompt;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.session.KvReader;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session on the device promises besides right logits. */
class GpuSessionTest {
  private static final SessionOptions OPTIONS = new SessionOptions(128, 16, KvType.F32);

  private static Model model(String name) {
    return Model.open(Oracle.named(name).model());
  }

  /**
   * The device's own pick, token by token, in one go and as they come, broken off too, is the
   * host's pick from the logits.
   */
  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"ON", "OFF"})
  void greedyTokensAreTheLargestLogits(Choice graph) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats().withGraph(graph));
        Model model = model("qwen2-tied");
        GpuSession session = backend.open(model, OPTIONS)) {
      int[] prompt = prompt(20, model.config().vocabularySize());
      int[] expected = new int[40];
      float[] logits = session.prefill(prompt);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = argmax(logits);
        logits = session.step(expected[i]);
      }
      session.rewind(0);
      int[] found = new int[expected.length];
      found[0] = session.prefillGreedy(prompt);
      found[1] = session.nextGreedy();
      found[2] = session.nextGreedy();
      int[] some = new int[15];
      session.nextGreedy(some);
      System.arraycopy(some, 0, found, 3, some.length);
      int[] at = {3 + some.length};
      IntConsumer keep = token -> found[at[0]++] = token;
      assertThrows(
          ArithmeticException.class,
          () -> session.nextGreedy(9, keep.andThen(_ -> Math.addExact(Integer.MAX_VALUE, 1))));
      session.nextGreedy(expected.length - at[0], keep);
      assertArrayEquals(expected, found);
      assertEquals(prompt.length + expected.length - 1, session.position());
    }
  }

  /** A graph replays the same launches: not one bit may differ. */
  @Test
  void graphAndLaunchesGiveTheSameBits() {
    try (GpuBackend with = EmulatedGpu.open(EmulatedGpu.floats());
        GpuBackend without = EmulatedGpu.open(EmulatedGpu.floats().withGraph(Choice.OFF));
        Model model = model("qwen3");
        GpuSession replayed = with.open(model, OPTIONS.withContextLength(256));
        GpuSession launched = without.open(model, OPTIONS.withContextLength(256))) {
      int[] tokens = prompt(160, model.config().vocabularySize());
      int[] first = Arrays.copyOf(tokens, 90);
      assertArrayEquals(launched.prefill(first), replayed.prefill(first));
      for (int i = first.length; i < tokens.length; i++) {
        assertArrayEquals(launched.step(tokens[i]), replayed.step(tokens[i]));
      }
      GraphHealth health = replayed.graphHealth();
      // The attention's grid grows once, after 128 positions.
      assertEquals(
          new GraphHealth(2, 70, 68, 2, 1, 0, health.bytes(), health.reservedBytes(), Map.of()),
          health);
      assertTrue(health.bytes() > 0 && health.withinReservation(), health::words);
      assertFalse(launched.graphHealth().used());
      assertEquals(0, launched.graphHealth().bytes());
    }
  }

  /** A length that is no multiple of anything, and single tokens behind it over many splits. */
  @ParameterizedTest
  @CsvSource({"200, ON, 32", "1, OFF, 64"})
  void longContext(int batch, Choice graph, int wave) {
    SessionOptions options = new SessionOptions(600, batch, KvType.F32);
    GpuOptions way = EmulatedGpu.floats().withGraph(graph).withWave(wave);
    try (GpuBackend backend = EmulatedGpu.open(way);
        ScalarBackend scalar = new ScalarBackend();
        Model model = model("qwen2-tied");
        Session found = backend.open(model, options);
        Session expected = scalar.open(model, options)) {
      int[] tokens = prompt(513, model.config().vocabularySize());
      assertNear(expected.prefill(tokens), found.prefill(tokens), FLOAT_BOUND, "513 tokens");
      for (int i = 0; i < 3; i++) {
        String what = "step " + i + " behind 513 tokens";
        assertNear(expected.step(tokens[i]), found.step(tokens[i]), FLOAT_BOUND, what);
      }
    }
  }

  /** Prefill by matrix instructions rounds both sides to f16; single tokens stay in floats. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen2-tied", "qwen2moe"})
  void matrixInstructionsStayNear(String name) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats().withMatrix(Choice.ON));
        ScalarBackend scalar = new ScalarBackend();
        Model model = model(name);
        Session found = backend.open(model, OPTIONS);
        Session expected = scalar.open(model, OPTIONS)) {
      int[] tokens = prompt(33, model.config().vocabularySize());
      float[] reference = expected.prefill(tokens);
      float[] logits = found.prefill(tokens);
      assertNear(reference, logits, EmulatedGpu.HALF_BOUND, name);
      // Rounding shows: the matrix instructions were really used.
      assertTrue(EmulatedGpu.distance(reference, logits) > 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3-rope", "mamba"})
  void rewindsAndRunsInPieces(String name) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = model(name);
        GpuSession session = backend.open(model, OPTIONS)) {
      int[] tokens = prompt(50, model.config().vocabularySize());
      float[] expected = session.prefill(tokens).clone();
      int cut = name.equals("mamba") ? 0 : 21;
      if (cut == 0) {
        assertThrows(InputException.class, () -> session.rewind(21));
      }
      session.rewind(cut);
      session.prefill(java.util.Arrays.copyOfRange(tokens, cut, 33));
      session.step(tokens[33]);
      float[] again = session.prefill(java.util.Arrays.copyOfRange(tokens, 34, 50));
      assertNear(expected, again, FLOAT_BOUND, name);
      assertEquals(50, session.position());
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = model("qwen2-tied")) {
      GpuSession session = backend.open(model, OPTIONS.withContextLength(8));
      assertMessage("room for 8 tokens, 0 in use and 9 more", () -> session.prefill(new int[9]));
      assertMessage("at least one", () -> session.prefill(new int[0]));
      assertMessage("0 to 319 needed, 320 given", () -> session.step(320));
      assertThrows(IllegalStateException.class, session::nextGreedy);
      session.prefillGreedy(new int[8]);
      assertMessage("room for 8 tokens, 8 in use and 1 more", session::nextGreedy);
      assertMessage("position 0 to 8 needed, 9 given", () -> session.rewind(9));
      session.close();
      assertThrows(IllegalStateException.class, () -> session.step(1));
      assertMessage("context of 9000", () -> backend.open(model, OPTIONS.withContextLength(9000)));
    }
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(InputException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  /** Probes see the same values as on the CPU. */
  @Test
  void probeSeesTheStages() {
    Map<Stage, float[]> expected = new EnumMap<>(Stage.class);
    Map<Stage, float[]> found = new EnumMap<>(Stage.class);
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        ScalarBackend scalar = new ScalarBackend();
        Model model = model("qwen3")) {
      int[] tokens = prompt(7, model.config().vocabularySize());
      try (Session session =
          scalar.open(model, OPTIONS, (s, _, v, r, c, _) -> expected.put(s, copy(v, r * c)))) {
        session.prefill(tokens);
      }
      try (Session session =
          backend.open(model, OPTIONS, (s, _, v, r, c, _) -> found.put(s, copy(v, r * c)))) {
        session.prefill(tokens);
      }
    }
    assertTrue(found.size() >= 14, found.keySet().toString());
    found.forEach(
        (stage, values) -> assertNear(expected.get(stage), values, FLOAT_BOUND, stage.toString()));
  }

  private static float[] copy(float[] values, int count) {
    return java.util.Arrays.copyOf(values, count);
  }

  @Test
  void keysAndValuesAreReadBack() {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        ScalarBackend scalar = new ScalarBackend();
        Model model = model("llama3-rope");
        Session found = backend.open(model, OPTIONS);
        Session expected = scalar.open(model, OPTIONS)) {
      int[] tokens = prompt(5, model.config().vocabularySize());
      found.prefill(tokens);
      expected.prefill(tokens);
      KvReader theirs = expected.keyValues().orElseThrow();
      KvReader ours = found.keyValues().orElseThrow();
      assertEquals(5, ours.positions());
      for (int element = 0; element < ours.keyWidth(); element++) {
        assertEquals(theirs.key(1, 4, element), ours.key(1, 4, element), 1e-4);
        assertEquals(theirs.value(1, 4, element), ours.value(1, 4, element), 1e-4);
      }
    }
  }

  /** The stages of a profile are all of the step. */
  @Test
  void profileAddsUp() {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = model("qwen2-tied");
        GpuSession session = backend.open(model, OPTIONS)) {
      DecodeProfile profile = session.profile(3);
      // On a busy machine the copies around the launches wait; a stage left out would always miss.
      for (int i = 0; i < 20 && profile.restMicros() > 0.01 * profile.stepMicros(); i++) {
        session.rewind(0);
        profile = session.profile(3);
      }
      assertEquals(profile.stepMicros(), profile.sumMicros(), 0.01 * profile.stepMicros());
      for (DecodeStage stage :
          new DecodeStage[] {
            DecodeStage.EMBED, DecodeStage.QKV, DecodeStage.ATTENTION, DecodeStage.ARGMAX
          }) {
        assertTrue(profile.stageMicros().get(stage) > 0, stage + ": " + profile);
      }
      assertEquals(1, session.position());
    }
  }
}
