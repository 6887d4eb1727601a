package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Backends on the emulated device, and small models to run there. */
final class EmulatedGpu {
  /** The most that f32 paths may differ from the reference, relative L2. */
  static final double FLOAT_BOUND = 1e-4;

  /** The same with an f16 cache or matrix instructions. */
  static final double HALF_BOUND = 3e-3;

  private EmulatedGpu() {}

  /**
   * Relative error of logits that signed-byte activations may cause. A unit of 32 values with the
   * largest magnitude m is rounded in steps of m / 127; independent errors uniform in half a step
   * either way have the norm {@code sqrt(32 / 12) m / 127}, and the unit's own norm is at least m.
   * Each layer quantizes four times and the head once; the errors of different roundings are
   * independent, so their squares add.
   */
  static double q8Bound(int layers) {
    return Math.sqrt(4 * layers + 1) * Math.sqrt(32 / 12.0) / 127;
  }

  /** Skips the test where there is no C++ compiler. */
  static GpuBackend open(GpuOptions options) {
    boolean compiler =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "c++")));
    assumeTrue(compiler, "no C++ compiler: the emulation cannot be built");
    HipSettings settings = HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION);
    return GpuBackend.open(settings, options);
  }

  /** Floats everywhere, so that only the order of sums differs from the reference. */
  static GpuOptions floats() {
    return GpuOptions.DEFAULT
        .withQ8Activations(Choice.OFF)
        .withMatrix(Choice.OFF)
        .withDot2(Choice.OFF)
        .withTuning(Choice.OFF)
        .withGraph(Choice.ON);
  }

  /** A model of two layers, heads of 64 and 512 tokens with random weights. */
  static Path synthetic(Path folder, QuantType type) {
    var shape =
        new ModelShape(
            "small", "qwen2", 2, 256, 512, 4, 2, 64, 512, 256, 1e6, 1e-6, false, true, false,
            "qwen2", null);
    Path file = folder.resolve(type + ".gguf");
    new SyntheticModel(shape, type, true, 3).write(file, _ -> {});
    return file;
  }

  static int[] prompt(int length, int vocabulary) {
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = (i * 37 + 11) % vocabulary;
    }
    return tokens;
  }

  static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  static void assertNear(float[] expected, float[] found, double bound, String what) {
    double error = distance(expected, found);
    assertTrue(
        error <= bound,
        () -> "%s: relative L2 error %.3g, at most %.3g".formatted(what, error, bound));
  }

  static double distance(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
