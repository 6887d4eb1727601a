package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** From source to result: compile, load, launch, and what the compiler refuses. */
class LaunchTest {
  private static final String ADD =
      """
      RF_KERNEL RF_LAUNCH_BOUNDS(256) void add(const float* a, const float* b, float* c, int n, float scale) {
        const int i = block_x() * block_size_x() + thread_x();
        if (i < n) c[i] = a[i] + scale * b[i];
      }
      """;

  @Test
  void addsVectors() {
    try (Emulation emulation = Emulation.open()) {
      Kernel add = emulation.kernel("add", ADD);
      int n = 1000;
      float[] a = new float[n];
      float[] b = new float[n];
      float[] expected = new float[n];
      for (int i = 0; i < n; i++) {
        a[i] = i;
        b[i] = 3 * i + 1;
        expected[i] = a[i] + 2 * b[i];
      }
      DeviceBuffer c = emulation.empty(n);
      KernelArguments arguments =
          emulation
              .arguments(5)
              .set(0, emulation.buffer(a))
              .set(1, emulation.buffer(b))
              .set(2, c)
              .setInt(3, n)
              .setFloat(4, 2);
      add.launch(emulation.stream, 4, 256, 0, arguments);
      emulation.stream.synchronize();
      assertArrayEquals(expected, emulation.floats(c));
      assertEquals(256, add.launchBound());
    }
  }

  /** The start code that GCC links into a library of fast arithmetic sets the loading thread's. */
  @Test
  void aKernelOfFastArithmeticLeavesTheCallersDenormals() {
    try (Emulation emulation = Emulation.open()) {
      double tiny = Float.MIN_VALUE;
      emulation.kernel("add", ADD, "-ffast-math");
      assertEquals(1, Float.floatToRawIntBits((float) tiny));
      assertEquals(2, Float.floatToRawIntBits((float) tiny + (float) tiny));
    }
  }

  @Test
  void freshMemoryIsNotANumber() {
    try (Emulation emulation = Emulation.open()) {
      for (float value : emulation.floats(emulation.empty(100))) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @Test
  void refusedSourceGivesTheLog() {
    try (Emulation emulation = Emulation.open()) {
      KernelCompilationException refused =
          assertThrows(
              KernelCompilationException.class,
              () -> emulation.compile("RF_KERNEL void k(float* a) { a[0] = missing; }"));
      assertTrue(refused.log().contains("missing"), refused.log());
      assertTrue(refused.getMessage().contains("test.hip"), refused.getMessage());
      refused =
          assertThrows(
              KernelCompilationException.class, () -> emulation.compile(ADD, "--no-such-option"));
      assertTrue(refused.log().contains("--no-such-option"), refused.log());
    }
  }

  @Test
  void otherArchitectureIsRefusedAtLoad() {
    try (Emulation emulation = Emulation.open()) {
      byte[] code = emulation.compile(ADD, "--offload-arch=gfx1030");
      HipException refused = assertThrows(HipException.class, () -> emulation.device.load(code));
      assertEquals("hipErrorNoBinaryForGpu", refused.codeName());
      assertTrue(refused.getMessage().contains("gfx1030"), refused.getMessage());
    }
  }

  @Test
  void absentKernelIsNamed() {
    try (Emulation emulation = Emulation.open()) {
      HipException absent =
          assertThrows(HipException.class, () -> emulation.kernel("subtract", ADD));
      assertEquals("hipErrorNotFound", absent.codeName());
      assertTrue(absent.getMessage().contains("subtract"), absent.getMessage());
    }
  }
}
