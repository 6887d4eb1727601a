package dev.rocmforge.validation.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.quant.QuantType;
import org.junit.jupiter.api.Test;

/** The noise of 8-bit activations that the documented system states. */
class ProductNoiseTest {
  @Test
  void asMuchAsTheDocumentationSays() throws InterruptedException {
    try (HipRuntime runtime = KernelCasesTest.emulation();
        KernelCheck check =
            new KernelCheck(runtime.device(0), new KernelFolder(KernelCasesTest.kernels()))) {
      ProductNoise noise = ProductNoise.measure(check, QuantType.Q4_0);
      // About 0.4 %.
      assertEquals(0.4, 100 * Math.sqrt(noise.dp4aAgainstScalar()), 0.1);
      // The format's own noise is larger by far.
      assertTrue(noise.formatAgainstExact() > 100 * noise.dp4aAgainstScalar());
    }
  }
}
