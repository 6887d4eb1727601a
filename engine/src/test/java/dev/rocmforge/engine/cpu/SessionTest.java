package dev.rocmforge.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.session.KvReader;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a session promises besides right numbers, on both CPU backends. */
class SessionTest {
  private static final List<Backend> BACKENDS = List.of(new ScalarBackend(), new VectorBackend(2));
  private static final SessionOptions SMALL = new SessionOptions(64, 16, KvType.F32);

  static Stream<Backend> backends() {
    return BACKENDS.stream();
  }

  static Stream<Arguments> models() {
    return BACKENDS.stream()
        .flatMap(
            backend ->
                Stream.concat(
                    Stream.of("qwen2-tied", "qwen2moe", "mamba")
                        .map(model -> Arguments.of(backend, model, "f32")),
                    Stream.of("f16", "q8_0", "turbo3", "turbo4+qjl+full1", "q8_0/turbo2")
                        .map(kv -> Arguments.of(backend, "qwen2-tied", kv))));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aStepAllocatesNothing(Backend backend, String name, String kv) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Model model = Model.open(Oracle.named(name).model());
        Session session = backend.open(model, SMALL.withKv(KvStorage.parse(kv)))) {
      long least = Long.MAX_VALUE;
      session.step(0);
      long[] own = ownThreads();
      // Vectors are objects until the compiler has seen a kernel often enough; what a step itself
      // allocates stays in every round.
      for (int round = 0; round < 5000 && least > 0; round++) {
        session.rewind(0);
        session.step(1);
        long before = allocated(threads, own);
        for (int token = 2; token < 10; token++) {
          session.step(token);
        }
        least = Math.min(least, allocated(threads, own) - before);
      }
      assertEquals(0, least, "bytes in eight steps");
    }
  }

  /** This thread and the workers; what the test runner's own threads do is not the step's. */
  private static long[] ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(one -> one == Thread.currentThread() || one.getName().startsWith("rocmforge-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocated(ThreadMXBean threads, long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += threads.getThreadAllocatedBytes(id);
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesBeforeRunning(Backend backend) {
    try (Model model = Model.open(Oracle.named("qwen2-tied").model());
        Session session = backend.open(model, SMALL)) {
      session.prefill(new int[60]);
      assertRefused("room for 64 tokens, 60 in use and 5 more", () -> session.prefill(new int[5]));
      assertRefused("0 to 319 needed, 320 given", () -> session.step(320));
      assertRefused("0 to 319 needed, -1 given", () -> session.prefill(new int[] {1, -1}));
      assertRefused("at least one", () -> session.prefill(new int[0]));
      assertRefused("position 0 to 60 needed, 61 given", () -> session.rewind(61));
      assertEquals(60, session.position());
      session.prefill(new int[4]);
      assertRefused("64 in use and 1 more", () -> session.step(1));
      assertRefused(
          "made for 8192", () -> backend.open(model, SMALL.withContextLength(8193)).close());
    }
  }

  /** Interpreted, then compiled: the last bits must not change while the JVM warms up. */
  @ParameterizedTest
  @MethodSource("backends")
  void theSameTokensGiveTheSameBitsForEver(Backend backend) {
    for (String name : List.of("qwen2-tied", "mamba")) {
      try (Model model = Model.open(Oracle.named(name).model());
          Session session = backend.open(model, SMALL)) {
        float[] first = session.prefill(new int[] {3, 4, 5, 6, 7}).clone();
        for (int run = 0; run < 150; run++) {
          session.rewind(0);
          assertArrayEquals(first, session.prefill(new int[] {3, 4, 5, 6, 7}), name);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void recurrentStateReturnsOnlyToTheStart(Backend backend) {
    try (Model model = Model.open(Oracle.named("mamba").model());
        Session session = backend.open(model, SMALL)) {
      float[] first = session.prefill(new int[] {3, 4, 5}).clone();
      assertRefused("can only return to 0, 2 given", () -> session.rewind(2));
      session.rewind(0);
      assertArrayEquals(first, session.prefill(new int[] {3, 4, 5}));
      assertTrue(session.keyValues().isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aProbeSeesEveryStageAndTheCache(Backend backend) {
    Map<String, Integer> calls = new HashMap<>();
    Set<Stage> seen = EnumSet.noneOf(Stage.class);
    float[][] keys = new float[2][];
    try (Model model = Model.open(Oracle.named("qwen3").model());
        Session session =
            backend.open(
                model,
                SMALL,
                (stage, layer, values, rows, cols, first) -> {
                  seen.add(stage);
                  calls.merge(stage.word() + layer, rows, Integer::sum);
                  if (stage == Stage.ROTATED_KEY && first == 0) {
                    keys[layer] = Arrays.copyOf(values, rows * cols);
                  }
                })) {
      session.prefill(new int[] {5, 6, 7});
      session.step(8);
      assertEquals(4, calls.get("query1"));
      assertEquals(4, calls.get("embedding-1"));
      assertEquals(2, calls.get("logits-1"));
      Set<Stage> expected = EnumSet.allOf(Stage.class);
      expected.removeIf(
          stage ->
              List.of(Stage.ROUTER, Stage.SHARED_ROUTER, Stage.EXPERT_OUTPUT).contains(stage)
                  || stage.name().startsWith("SSM"));
      assertEquals(expected, seen);
      KvReader cache = session.keyValues().orElseThrow();
      assertEquals(4, cache.positions());
      for (int layer = 0; layer < cache.layers(); layer++) {
        for (int i = 0; i < keys[layer].length; i++) {
          assertEquals(
              keys[layer][i], cache.key(layer, i / cache.keyWidth(), i % cache.keyWidth()));
        }
      }
    }
  }

  private static void assertRefused(String part, Runnable action) {
    InputException refusal = assertThrows(InputException.class, action::run);
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }
}
