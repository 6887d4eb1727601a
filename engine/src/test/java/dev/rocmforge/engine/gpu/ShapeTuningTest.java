package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.quant.QuantType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The search for launch shapes on the emulation, whose times mean nothing: what is refused, kept,
 * found again and thrown away.
 */
final class ShapeTuningTest {
  private static final SessionOptions OPTIONS = new SessionOptions(64, 32, KvType.F32);
  private static final LaunchShape RIGHT = new LaunchShape(128, 1, 4, false);
  private static final LaunchShape WRONG = new LaunchShape(128, 1, 2, false);

  /** As q8 products have it; two rows a group give wrong sums. */
  private static final String SUMS = "sums[r] = wave_sum(sums[r]);";

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  /** The project's kernels, one of them spoilt in shapes of two rows. */
  private Path kernels() throws Exception {
    Path root = folder.resolve("root");
    Path source = HipSettings.ofEnvironment().root().orElseThrow();
    try (Stream<Path> files = Files.walk(source.resolve("kernels"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = root.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path rows = root.resolve("kernels/include/rows.h");
    String text = Files.readString(rows);
    assertTrue(text.contains(SUMS));
    Files.writeString(
        rows, text.replace(SUMS, "sums[r] = wave_sum(sums[r]) * (RF_ROWS == 2 ? 1.01f : 1.0f);"));
    return root;
  }

  private GpuBackend open(Path root, Choice tuning) {
    EmulatedGpu.open(EmulatedGpu.floats()).close(); // skips where there is no compiler
    HipSettings here = HipSettings.ofEnvironment().withKind(RuntimeKind.CPU_EMULATION);
    HipSettings settings =
        new HipSettings(
            here.kind(),
            here.library(),
            here.compilerLibrary(),
            here.folders(),
            Optional.of(root),
            folder.resolve("cache"),
            here.deviceTimeout());
    GpuOptions options =
        GpuOptions.DEFAULT.withQ8Activations(Choice.ON).withGraph(Choice.OFF).withTuning(tuning);
    GpuBackend backend = GpuBackend.open(settings, options, lines::add);
    backend.tuning().tryOnly(List.of(RIGHT, WRONG));
    return backend;
  }

  private float[] logits(Path root, Choice tuning, Model model) {
    lines.clear();
    try (GpuBackend backend = open(root, tuning);
        GpuSession session = backend.open(model, OPTIONS)) {
      session.prefill(new int[] {1, 2, 3});
      float[] logits = session.step(4).clone();
      lines.add(backend.launchShapes());
      return logits;
    }
  }

  private long tuningLines() {
    return lines.stream().filter(line -> line.startsWith("[Autotune] ")).count();
  }

  @Test
  void refusesKeepsAndFindsAgain() throws Exception {
    Path root = kernels();
    try (Model model = Model.open(EmulatedGpu.synthetic(folder, QuantType.Q4_0))) {
      float[] expected = logits(root, Choice.OFF, model);
      assertEquals(0, tuningLines());

      assertArrayEquals(expected, logits(root, Choice.ON, model));
      long measured = tuningLines();
      assertTrue(measured >= 2, lines::toString);
      assertTrue(
          lines.stream()
              .filter(line -> line.startsWith("[Autotune] q4_0/gemv_q8"))
              .allMatch(line -> line.endsWith("1 tried, 1 refused")),
          lines::toString);
      assertTrue(lines.getLast().contains("q4_0/gemv_q8 "), lines::toString);
      assertTrue(!lines.getLast().contains("t128 w1 r2"), lines::toString);

      assertArrayEquals(expected, logits(root, Choice.ON, model));
      assertEquals(0, tuningLines(), "found again: " + lines);
      String kept = lines.getLast();
      assertArrayEquals(expected, logits(root, Choice.AUTO, model));
      assertEquals(kept, lines.getLast());

      // Another kernel: what was found for the old one does not hold.
      Path header = root.resolve("kernels/q4_0/gemv_q8.hip");
      Files.writeString(header, Files.readString(header) + "// changed\n");
      logits(root, Choice.ON, model);
      assertTrue(tuningLines() > 0 && tuningLines() < measured + 1, lines::toString);
      assertTrue(
          lines.stream()
              .filter(line -> line.startsWith("[Autotune] "))
              .allMatch(line -> line.contains("q4_0/gemv_q8")),
          lines::toString);

      // A damaged file is said on one line and replaced.
      Path file;
      try (Stream<Path> files = Files.list(folder.resolve("cache/tuning"))) {
        file = files.findFirst().orElseThrow();
      }
      Files.writeString(file, "{\"device\": 1}");
      logits(root, Choice.AUTO, model);
      assertEquals(1, tuningLines(), lines::toString);
      assertTrue(lines.getFirst().contains(": not used, tuning begins anew: "), lines::toString);
    }
  }
}
