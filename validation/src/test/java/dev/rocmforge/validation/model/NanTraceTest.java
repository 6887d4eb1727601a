package dev.rocmforge.validation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gpu.GpuBackend;
import dev.rocmforge.engine.gpu.GpuOptions;
import dev.rocmforge.engine.gpu.KernelId;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.KernelSource;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A planted NaN is traced to the operation that reads it, and the compiler cannot hide it. */
class NanTraceTest {
  private static final int[] PROMPT = {11, 48, 85, 122, 159, 196, 233};
  private static final SessionOptions OPTIONS = new SessionOptions(16, 4, KvType.F32);

  /** Of each model and path; {@code -Drocmforge.nan.trials=100} runs the recorded number. */
  private static final int TRIALS = Integer.getInteger("rocmforge.nan.trials", 8);

  /** A path by name, opened when its turn comes. */
  record Way(String name, Supplier<Backend> open) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Way> WAYS =
      List.of(
          new Way("scalar", ScalarBackend::new),
          new Way("vector", () -> new VectorBackend(2)),
          new Way("gpu", NanTraceTest::emulation));

  @TempDir private static Path folder;

  static Stream<Arguments> cases() {
    return WAYS.stream()
        .flatMap(
            way ->
                Stream.of("llama3-rope", "mamba", "qwen2-tied", "qwen2moe", "qwen3", "Q4_K", "Q5_1")
                    .map(model -> Arguments.of(way, model)));
  }

  private static GpuBackend emulation() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "c++"))),
        "no C++ compiler: the emulation cannot be built");
    HipSettings settings = HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION);
    return GpuBackend.open(settings, GpuOptions.DEFAULT);
  }

  /** A golden model, or a synthetic one of a quantized type with its own head. */
  private static Path model(String name) {
    Path golden = Path.of("../datasets/golden/oracle", name + ".gguf");
    if (Files.exists(golden)) {
      return golden;
    }
    Path file = folder.resolve(name + ".gguf");
    if (!Files.exists(file)) {
      var shape =
          new ModelShape(
              "small", "qwen2", 2, 256, 256, 4, 2, 64, 512, 64, 1e6, 1e-6, false, true, false,
              "qwen2", null);
      new SyntheticModel(shape, QuantType.valueOf(name), true, 3).write(file, _ -> {});
    }
    return file;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyPlacementIsNamed(Way way, String name) {
    try (Backend backend = way.open().get();
        NanTrials trials = new NanTrials(model(name), folder, backend, OPTIONS, PROMPT)) {
      List<NanTrials.Trial> all = trials.run(TRIALS, 1, _ -> {});
      List<String> wrong = new ArrayList<>();
      for (NanTrials.Trial trial : all) {
        if (trial.outcome() == NanTrials.Outcome.WRONG) {
          wrong.add(trial.placement() + ": " + trial.said());
        }
      }
      assertEquals(List.of(), wrong);
      long named = all.stream().filter(trial -> trial.outcome() == NanTrials.Outcome.NAMED).count();
      assertTrue(named >= TRIALS / 2, named + " of " + TRIALS + " named");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCleanModelIsFinite(Way way, String name) {
    try (Backend backend = way.open().get();
        Model model = Model.open(model(name))) {
      PrefillCheck check = PrefillCheck.of(probe -> backend.open(model, OPTIONS, probe), PROMPT);
      assertTrue(check.finite(), () -> check.failure().orElseThrow());
      assertTrue(check.largest().value() > 0);
    }
  }

  @Test
  void aFlagThatDeletesNanTestsIsFound() {
    try (GpuBackend backend = emulation()) {
      NanSight sight = NanSight.of(backend.device(), backend.kernelLibrary(), Map.of());
      assertEquals(List.of(), sight.faults());
      KernelSource source = backend.kernelLibrary().sourceOf(KernelId.of("ops/nan_sight"));
      List<String> fast = new ArrayList<>(source.options());
      fast.add("-ffast-math");
      NanSight blind =
          NanSight.of(
              backend.device(),
              new KernelSource(source.name(), source.text(), source.headers(), fast),
              Map.of());
      assertTrue(blind.faults().size() > 3, blind.faults().toString());
      String found = String.join("; ", blind.faults());
      assertTrue(found.contains("-ffast-math lets the compiler delete"), found);
      assertTrue(found.contains("a kernel was given 0x7fc00000 (NaN)"), found);
      NanSight variable =
          NanSight.of(
              backend.device(),
              backend.kernelLibrary(),
              Map.of("HIPRTC_COMPILE_OPTIONS_APPEND", "-O2 -ffinite-math-only"));
      assertEquals(1, variable.faults().size());
      assertFalse(variable.record().reason().isEmpty());
    }
  }
}
