package dev.rocmforge.engine.gpu.guard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.GpuMemoryPlan;
import dev.rocmforge.engine.gpu.GpuMemoryPlan.Use;
import dev.rocmforge.engine.gpu.GpuSession;
import dev.rocmforge.engine.gpu.lock.GpuLockException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.ExpertMemory;
import dev.rocmforge.engine.route.RouterTable;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated device has 8 GiB, all of them free. */
final class GuardedBackendTest {
  private static final long GIB = 1L << 30;
  private static final long DEVICE = 8 * GIB;
  private static final Path MODEL = Path.of("../datasets/models/lexicon-draft-q8_0.gguf");
  private static final SessionOptions SESSION = SessionOptions.DEFAULT.withContextLength(24);
  private static final int[] PROMPT = {5, 17, 300};

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void compiler() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "c++"))),
        "no C++ compiler: the emulation cannot be built");
  }

  private GuardOptions options(String... more) {
    Map<String, String> variables = new HashMap<>();
    variables.put("ROCMFORGE_HIP_RUNTIME", "cpu-emulation");
    variables.put("XDG_RUNTIME_DIR", folder.toString());
    variables.put("ROCMFORGE_GPU_LOCK_TIMEOUT", "0");
    for (String name : List.of("HOME", "XDG_CACHE_HOME", "ROCMFORGE_CACHE")) {
      if (System.getenv(name) != null) {
        variables.put(name, System.getenv(name));
      }
    }
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return GuardOptions.of(variables);
  }

  /** A reserve that leaves exactly so many bytes. */
  private GuardOptions budget(long bytes) {
    String reserve = new BigDecimal(DEVICE - bytes).divide(new BigDecimal(GIB)).toPlainString();
    return options("ROCMFORGE_DESKTOP_VRAM_GB", reserve);
  }

  @Test
  void theBudgetIsExactAndTheTableIsWhatIsAllocated() {
    try (Model model = Model.open(MODEL)) {
      GpuMemoryPlan plan = GpuMemoryPlan.of(model, SESSION);
      for (long bytes : new long[] {plan.totalBytes(), plan.totalBytes() + 1}) {
        try (GuardedBackend backend = GuardedBackend.open(budget(bytes), lines::add);
            Session session = backend.open(model, SESSION, PROMPT.length, Probe.NONE)) {
          assertTrue(session instanceof GpuSession);
          assertEquals("BatchedPrefill(max_seq=512)", backend.route().orElseThrow().path() + "");
          session.prefill(PROMPT);
          session.step(9);
          long staging = plan.bytesByUse().get(Use.STAGING);
          long held = backend.gpu().runtime().ledger().deviceBytes();
          long graphs = plan.bytesByUse().get(Use.GRAPH);
          assertEquals(plan.totalBytes() - staging - graphs, held);
          assertTrue(((GpuSession) session).graphHealth().withinReservation());
        }
      }
      assertEquals(
          2,
          lines.stream()
              .filter(l -> l.startsWith("  Total required") && l.endsWith("[OK]"))
              .count());

      lines.clear();
      try (GuardedBackend backend =
          GuardedBackend.open(budget(plan.totalBytes() - 1), lines::add)) {
        EnvironmentException refused =
            assertThrows(EnvironmentException.class, () -> backend.open(model, SESSION));
        assertTrue(
            refused.getMessage().contains("without --allow-fallback: device 0: ")
                && refused.getMessage().contains(plan.totalBytes() + " bytes"),
            refused.getMessage());
        assertEquals(0, backend.gpu().runtime().ledger().deviceBytes());
        assertTrue(lines.stream().anyMatch(l -> l.endsWith("[OVER BUDGET]")), lines::toString);
      }
    }
  }

  /** Unasked, a mixture that does not fit keeps as many experts there as there is room for. */
  @Test
  void expertsArePagedWhereTheyDoNotFit() {
    try (Model model = Model.open(Path.of("../datasets/golden/oracle/qwen2moe.gguf"))) {
      long all = GpuMemoryPlan.of(model, SESSION).totalBytes();
      long some = GpuMemoryPlan.of(model, SESSION, new ExpertMemory.Share(25)).totalBytes();
      float[] expected;
      try (GuardedBackend backend = GuardedBackend.open(budget(all), lines::add);
          Session session = backend.open(model, SESSION, PROMPT.length, Probe.NONE)) {
        expected = session.prefill(PROMPT).clone();
        assertFalse(backend.facts(session).containsKey("experts"));
      }
      assertFalse(lines.stream().anyMatch(l -> l.startsWith("[Experts]")), lines::toString);
      try (GuardedBackend backend = GuardedBackend.open(budget(some), lines::add);
          Session session = backend.open(model, SESSION, PROMPT.length, Probe.NONE)) {
        assertArrayEquals(expected, session.prefill(PROMPT));
        String traffic = backend.facts(session).get("experts");
        assertTrue(traffic.startsWith("paged: 4 of 16 experts on the device; hit rate 0."));
        assertTrue(traffic.contains("; stall ") && traffic.contains(" bytes moved"), traffic);
      }
      assertTrue(
          lines.stream()
              .anyMatch(
                  l ->
                      l.startsWith("[Experts] Paged: 4 of 16 experts on the device (")
                          && l.contains("(all of them do not fit)")),
          lines::toString);
      GuardOptions demanded =
          options("ROCMFORGE_EXPERT_VRAM", "50%", "ROCMFORGE_ENABLE_DECODE_GRAPH", "1");
      try (GuardedBackend backend = GuardedBackend.open(demanded, lines::add)) {
        assertThrows(InputException.class, () -> backend.open(model, SESSION));
      }
    }
  }

  @Test
  void runFallsBackAndSaysSo() {
    try (Model model = Model.open(MODEL);
        GuardedBackend backend = GuardedBackend.open(budget(1000).withFallback(true), lines::add);
        Session session = backend.open(model, SESSION, PROMPT.length, Probe.NONE)) {
      assertFalse(session instanceof GpuSession);
      assertTrue(backend.fellBack());
      assertTrue(Float.isFinite(session.prefill(PROMPT)[0]));
      assertTrue(
          lines.stream()
              .anyMatch(l -> l.startsWith("[Router] Selected path: CpuFallback(device 0")),
          lines::toString);
      assertTrue(lines.getLast().startsWith("Falling back to the CPU: device 0: "));
    }
  }

  @Test
  void aTypeWithoutKernelsIsAnObstacle() {
    ModelShape shape =
        new ModelShape(
            "small", "qwen2", 1, 256, 256, 4, 2, 64, 400, 128, 1e6, 1e-6, true, true, false,
            "qwen2", null);
    Path file = folder.resolve("bf16.gguf");
    new SyntheticModel(shape, QuantType.BF16, true, 1).write(file, bytes -> {});
    try (Model model = Model.open(file);
        GuardedBackend backend = GuardedBackend.open(options(), lines::add)) {
      EnvironmentException refused =
          assertThrows(EnvironmentException.class, () -> backend.open(model, SESSION));
      assertTrue(
          refused.getMessage().endsWith("a type with GPU kernels needed, BF16 found"),
          refused.getMessage());
    }
  }

  @Test
  void theDocumentedTableDecidesByTheLetter() {
    GuardOptions documented = options().withRouter(RouterTable.DOCUMENTED);
    try (Model model = Model.open(MODEL);
        GuardedBackend backend = GuardedBackend.open(documented, lines::add);
        Session session = backend.open(model, SESSION, PROMPT.length, Probe.NONE)) {
      assertEquals("DecodeStyle", backend.route().orElseThrow().path() + "");
      assertEquals("Q8_0 is not Q4_0", backend.route().orElseThrow().reason());
      assertTrue(Float.isFinite(session.prefill(PROMPT)[0]));
    }
  }

  @Test
  void theDeviceIsLockedWhileTheBackendIsOpen() {
    GuardedBackend first = GuardedBackend.open(options(), lines::add);
    assertThrows(GpuLockException.class, () -> GuardedBackend.open(options(), lines::add));
    first.close();
    GuardedBackend.open(options(), lines::add).close();
    assertThrows(
        EnvironmentException.class,
        () ->
            GuardedBackend.open(
                options("ROCMFORGE_FORCE_WAVE32", "0").withDeviceIndex(0),
                l -> {
                  throw new EnvironmentException("a listener that fails");
                }));
    GuardedBackend.open(options(), lines::add).close();
  }

  /** Variable, value, then graph, q8 activations, matrix, dot2 and wave of the options. */
  @ParameterizedTest
  @CsvSource({
    "ROCMFORGE_GPU_SAFE_MODE, 0, AUTO, ON, OFF, ON, 32",
    "ROCMFORGE_GPU_SAFE_MODE, 1, OFF, OFF, OFF, OFF, 32",
    "ROCMFORGE_DISABLE_DECODE_GRAPH, 1, OFF, ON, OFF, ON, 32",
    "ROCMFORGE_ENABLE_DECODE_GRAPH, 1, ON, ON, OFF, ON, 32",
    "ROCMFORGE_ENABLE_EXPERIMENTAL_Q8_ACTIVATION_FASTPATH, 0, AUTO, OFF, OFF, ON, 32",
    "ROCMFORGE_USE_DP4A, 0, AUTO, OFF, OFF, ON, 32",
    "ROCMFORGE_USE_WMMA, 1, AUTO, ON, ON, ON, 32",
    "ROCMFORGE_USE_WMMA, 0, AUTO, ON, OFF, ON, 32",
    "ROCMFORGE_USE_DOT2, 0, AUTO, ON, OFF, OFF, 32",
    "ROCMFORGE_USE_DOT2, 1, AUTO, ON, OFF, ON, 32",
    "ROCMFORGE_DISABLE_WAVE32, 1, AUTO, ON, OFF, ON, 64"
  })
  void dispatchFollowsFeaturesAndVariables(
      String name, String value, String graph, String q8, String matrix, String dot2, int wave) {
    try (GuardedBackend backend = GuardedBackend.open(options(name, value), lines::add)) {
      var chosen = backend.gpu().options();
      assertEquals(graph, chosen.graph().name());
      assertEquals(q8, chosen.q8Activations().name());
      assertEquals(matrix, chosen.matrix().name());
      assertEquals(dot2, chosen.dot2().name());
      assertEquals(wave, chosen.wave());
      assertTrue(lines.contains(backend.dispatch().line()), lines::toString);
    }
  }
}
