package dev.rocmforge.engine.gpu.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.gpu.feature.Feature.Source;
import dev.rocmforge.engine.hip.DeviceProperties;
import dev.rocmforge.engine.route.GpuEnvironment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceFeaturesTest {
  static DeviceProperties device(int index, String name, String architecture, int gib, int wave) {
    return new DeviceProperties(
        index,
        name,
        architecture,
        (long) gib << 30,
        wave,
        60,
        1024,
        65536,
        2_400_000,
        1_250_000,
        256,
        4 << 20,
        false,
        0,
        0,
        "0000:03:00");
  }

  private static DeviceFeatures of(DeviceProperties device, String... environment) {
    return DeviceFeatures.of(device, GpuEnvironment.of(variables(environment)));
  }

  private static Map<String, String> variables(String... pairs) {
    return pairs.length == 0 ? Map.of() : Map.of(pairs[0], pairs[1]);
  }

  @Test
  void theRuntimeKnowsBetterThanTheDevicesName() {
    DeviceFeatures features =
        of(device(0, "AMD Radeon RX 7800 XT", "gfx1101:sramecc-:xnack-", 16, 32));
    assertEquals("gfx1101", features.architecture());
    assertEquals(Source.RUNTIME, features.architectureSource());
    assertEquals("gfx1100", features.documented().orElseThrow().architecture());
    assertEquals(new Feature("dp4a", "yes", Source.TABLE, "sudot4"), features.dp4a());
    assertEquals(new Feature("wmma", "yes", Source.TABLE, "gfx11"), features.wmma());
    assertEquals(new Feature("dot2", "yes", Source.TABLE, "fdot2"), features.dot2());
    assertEquals(new Feature("wave", "32", Source.RUNTIME, "warpSize"), features.wave());
  }

  @Test
  void theNameDecidesOnlyWhereTheRuntimeIsSilentAndThatIsSaid() {
    DeviceFeatures features = of(device(0, "AMD Radeon RX 6900 XT", "", 16, 32));
    assertEquals("gfx1030", features.architecture());
    assertEquals(Source.DEVICE_NAME, features.architectureSource());
    assertEquals(new Feature("dp4a", "yes", Source.DEVICE_NAME, "sdot4"), features.dp4a());
    assertEquals("unknown", of(device(0, "A card", "", 16, 32)).architecture());
  }

  @Test
  void anArchitectureOutsideTheTableHasNothing() {
    DeviceFeatures features = of(device(0, "New", "gfx1299", 16, 32));
    assertFalse(features.supported());
    assertEquals(
        new Feature("dp4a", "no", Source.TABLE, "architecture not in the table"), features.dp4a());
    assertEquals(32, features.waveSize());
  }

  /** Architecture, variable, value, feature's value and source, or E for an error. */
  @ParameterizedTest(name = "{0} {1}={2}: {4} by {5}")
  @CsvSource({
    "gfx1100, ROCMFORGE_USE_DP4A, 1, dp4a, yes, OVERRIDE",
    "gfx1100, ROCMFORGE_USE_DP4A, 0, dp4a, no, OVERRIDE",
    "gfx1100, ROCMFORGE_USE_WMMA, 1, wmma, yes, OVERRIDE",
    "gfx1100, ROCMFORGE_USE_WMMA, 0, wmma, no, OVERRIDE",
    "gfx1100, ROCMFORGE_USE_DOT2, 1, dot2, yes, OVERRIDE",
    "gfx1100, ROCMFORGE_USE_DOT2, 0, dot2, no, OVERRIDE",
    "gfx1010, ROCMFORGE_USE_DP4A, 0, dp4a, no, OVERRIDE",
    "gfx1010, ROCMFORGE_USE_DP4A, 1, dp4a, E, TABLE",
    "gfx1030, ROCMFORGE_USE_WMMA, 1, wmma, E, TABLE",
    "gfx1013, ROCMFORGE_USE_DOT2, 1, dot2, E, TABLE",
    "gfx1100, ROCMFORGE_GPU_SAFE_MODE, 1, wmma, no, OVERRIDE",
    "gfx1100, ROCMFORGE_FORCE_WAVE32, 1, wave, 32, OVERRIDE",
    "gfx1100, ROCMFORGE_DISABLE_WAVE32, 1, wave, 64, OVERRIDE",
    "gfx1100, ROCMFORGE_DISABLE_WAVE32, 1, wmma, no, TABLE",
    "gfx90a, ROCMFORGE_FORCE_WAVE32, 1, wave, E, TABLE"
  })
  void overrides(
      String architecture, String name, String value, String feature, String found, Source source) {
    DeviceProperties device =
        device(3, "x", architecture, 16, architecture.startsWith("gfx9") ? 64 : 32);
    if (found.equals("E")) {
      EnvironmentException refused =
          assertThrows(EnvironmentException.class, () -> of(device, name, value));
      assertTrue(
          refused.getMessage().startsWith(name + "=" + value + ": ")
              && refused.getMessage().contains("device 3 (" + architecture + ") has "),
          refused.getMessage());
      return;
    }
    Feature decided =
        of(device, name, value).features().stream()
            .filter(f -> f.name().equals(feature))
            .findFirst()
            .orElseThrow();
    assertEquals(found, decided.value());
    assertEquals(source, decided.source());
  }
}
