package dev.rocmforge.engine.gpu.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.convert.ConvertOptions;
import dev.rocmforge.engine.convert.Converter;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gpu.GpuSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sparse and MPO models run on the GPU path if the documented variable says so, and only then. */
final class ExperimentalKernelsTest {
  private static final SessionOptions SESSION = SessionOptions.DEFAULT.withContextLength(24);

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  private GuardOptions options(String experimental) {
    Map<String, String> variables = new HashMap<>();
    for (String name : List.of("HOME", "XDG_CACHE_HOME", "ROCMFORGE_CACHE")) {
      if (System.getenv(name) != null) {
        variables.put(name, System.getenv(name));
      }
    }
    variables.put("ROCMFORGE_HIP_RUNTIME", "cpu-emulation");
    variables.put("XDG_RUNTIME_DIR", folder.toString());
    variables.put("ROCMFORGE_GPU_LOCK_TIMEOUT", "0");
    variables.put("ROCMFORGE_DESKTOP_VRAM_GB", "0");
    if (!experimental.isEmpty()) {
      variables.put("ROCMFORGE_ENABLE_EXPERIMENTAL_GPU_KERNELS", experimental);
    }
    return GuardOptions.of(variables);
  }

  /** One layer of a packed model, with sparse matrices or with MPO factors. */
  private Path converted(OptionalDouble share, OptionalInt chi) {
    Path file = folder.resolve(chi.isPresent() ? "mpo.rfm" : "sparse.rfm");
    ConvertOptions options =
        new ConvertOptions(
            OptionalInt.empty(),
            share,
            0.01,
            false,
            chi,
            OptionalInt.of(1),
            ConvertOptions.Rotation.NONE,
            false,
            Map.of());
    try (Model source = Model.open(Path.of("../datasets/models/lexicon-draft-q8_0.gguf"))) {
      new Converter(source, options).write(file, (_, _, _) -> {});
    }
    return file;
  }

  @Test
  void theFlagDecides() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "c++"))),
        "no C++ compiler: the emulation cannot be built");
    List<Path> files =
        List.of(
            converted(OptionalDouble.of(1), OptionalInt.empty()),
            converted(OptionalDouble.empty(), OptionalInt.of(8)));
    for (Path file : files) {
      try (Model model = Model.open(file)) {
        for (String no : List.of("", "0")) {
          try (GuardedBackend backend = GuardedBackend.open(options(no), lines::add)) {
            var refused =
                assertThrows(EnvironmentException.class, () -> backend.open(model, SESSION));
            String message = refused.getMessage();
            assertTrue(
                message.contains("ROCMFORGE_ENABLE_EXPERIMENTAL_GPU_KERNELS=1 needed"), message);
          }
        }
        try (GuardedBackend backend = GuardedBackend.open(options("1"), lines::add);
            Session session = backend.open(model, SESSION);
            ScalarBackend scalar = new ScalarBackend();
            Session reference = scalar.open(model, SESSION)) {
          assertTrue(session instanceof GpuSession);
          assertEquals("DecodeStyle", backend.route().orElseThrow().path().toString());
          int[] prompt = {5, 17, 300};
          float[] found = session.prefill(prompt).clone();
          float[] expected = reference.prefill(prompt);
          double error = 0;
          double norm = 0;
          for (int i = 0; i < expected.length; i++) {
            error += Math.pow(found[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
          }
          // Single tokens take signed bytes where the device has the instruction.
          assertTrue(error <= norm * 1e-3, file + ": " + error / norm);
        }
      }
    }
  }
}
