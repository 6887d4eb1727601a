package dev.rocmforge.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.route.Toggle.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GpuEnvironmentTest {
  /** Columns: safe mode, DISABLE, ENABLE (- is unset), position, who decided. */
  @ParameterizedTest(name = "safe {0}, disable {1}, enable {2}: {3}")
  @CsvSource({
    "-, -, -, UNSET, unset",
    "-, -, 1, ON, ROCMFORGE_ENABLE_DECODE_GRAPH=1",
    "-, -, 0, OFF, ROCMFORGE_ENABLE_DECODE_GRAPH=0",
    "-, 0, -, UNSET, unset",
    "-, 0, 1, ON, ROCMFORGE_ENABLE_DECODE_GRAPH=1",
    "-, 0, 0, OFF, ROCMFORGE_ENABLE_DECODE_GRAPH=0",
    "-, 1, -, OFF, ROCMFORGE_DISABLE_DECODE_GRAPH=1",
    "-, 1, 1, OFF, ROCMFORGE_DISABLE_DECODE_GRAPH=1",
    "-, 1, 0, OFF, ROCMFORGE_DISABLE_DECODE_GRAPH=1",
    "0, -, -, UNSET, unset",
    "0, -, 1, ON, ROCMFORGE_ENABLE_DECODE_GRAPH=1",
    "0, -, 0, OFF, ROCMFORGE_ENABLE_DECODE_GRAPH=0",
    "0, 0, -, UNSET, unset",
    "0, 0, 1, ON, ROCMFORGE_ENABLE_DECODE_GRAPH=1",
    "0, 0, 0, OFF, ROCMFORGE_ENABLE_DECODE_GRAPH=0",
    "0, 1, -, OFF, ROCMFORGE_DISABLE_DECODE_GRAPH=1",
    "0, 1, 1, OFF, ROCMFORGE_DISABLE_DECODE_GRAPH=1",
    "0, 1, 0, OFF, ROCMFORGE_DISABLE_DECODE_GRAPH=1",
    "1, -, -, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, -, 1, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, -, 0, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, 0, -, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, 0, 1, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, 0, 0, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, 1, -, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, 1, 1, OFF, ROCMFORGE_GPU_SAFE_MODE=1",
    "1, 1, 0, OFF, ROCMFORGE_GPU_SAFE_MODE=1"
  })
  void safeModeBeatsDisableBeatsEnable(
      String safe, String disable, String enable, State state, String because) {
    Map<String, String> environment = new LinkedHashMap<>();
    put(environment, GpuEnvironment.SAFE_MODE, safe);
    put(environment, GpuEnvironment.DISABLE_DECODE_GRAPH, disable);
    put(environment, GpuEnvironment.ENABLE_DECODE_GRAPH, enable);
    assertEquals(new Toggle(state, because), GpuEnvironment.of(environment).decodeGraph());
  }

  private static void put(Map<String, String> environment, String name, String value) {
    if (!value.equals("-")) {
      environment.put(name, value);
    }
  }

  @Test
  void safeModeSwitchesOffWhatIsNotConservative() {
    GpuEnvironment safe =
        GpuEnvironment.of(
            Map.of(
                GpuEnvironment.SAFE_MODE, "1",
                GpuEnvironment.ENABLE_Q8_ACTIVATIONS, "1",
                GpuEnvironment.ENABLE_EXPERIMENTAL_KERNELS, "1",
                GpuEnvironment.USE_DP4A, "1",
                GpuEnvironment.USE_WMMA, "1",
                GpuEnvironment.USE_DOT2, "1",
                GpuEnvironment.FORCE_WAVE32, "1"));
    Toggle off = new Toggle(State.OFF, "ROCMFORGE_GPU_SAFE_MODE=1");
    assertTrue(safe.safeMode());
    assertFalse(safe.experimentalKernels());
    assertEquals(off, safe.q8Activations());
    assertEquals(off, safe.dp4a());
    assertEquals(off, safe.wmma());
    assertEquals(off, safe.dot2());
    assertEquals(Toggle.UNSET, safe.wave32());
  }

  @Test
  void unsetLeavesEachDecisionToItsReader() {
    GpuEnvironment unset = GpuEnvironment.DEFAULT;
    assertFalse(unset.safeMode());
    assertFalse(unset.experimentalKernels());
    for (Function<GpuEnvironment, Toggle> toggle :
        List.<Function<GpuEnvironment, Toggle>>of(
            GpuEnvironment::decodeGraph,
            GpuEnvironment::q8Activations,
            GpuEnvironment::dp4a,
            GpuEnvironment::wmma,
            GpuEnvironment::dot2,
            GpuEnvironment::wave32)) {
      assertEquals(Toggle.UNSET, toggle.apply(unset));
    }
    assertEquals(4L << 30, unset.desktopReserveBytes());
    assertEquals(30, unset.lockTimeoutSeconds());
    assertFalse(unset.profileDecodeStages());
    assertFalse(unset.realModelTests());
    assertEquals(unset, GpuEnvironment.of(Map.of(GpuEnvironment.DESKTOP_VRAM_GB, " ")));
  }

  @Test
  void profilingTheStagesSwitchesTheGraphOff() {
    GpuEnvironment profiled =
        GpuEnvironment.of(
            Map.of(
                GpuEnvironment.PROFILE_DECODE_STAGES, "1",
                GpuEnvironment.ENABLE_DECODE_GRAPH, "1"));
    assertTrue(profiled.profileDecodeStages());
    assertEquals(
        new Toggle(State.OFF, "ROCMFORGE_PROFILE_DECODE_STAGES=1"), profiled.decodeGraph());
  }

  @ParameterizedTest
  @CsvSource({"-, -, UNSET", "1, -, ON", "-, 1, OFF", "1, 1, OFF", "0, 0, UNSET"})
  void disablingWave32BeatsForcingIt(String force, String disable, State state) {
    Map<String, String> environment = new LinkedHashMap<>();
    put(environment, GpuEnvironment.FORCE_WAVE32, force);
    put(environment, GpuEnvironment.DISABLE_WAVE32, disable);
    assertEquals(state, GpuEnvironment.of(environment).wave32().state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "true", "TRUE", " yes ", "On"})
  void wordsForTrue(String word) {
    assertTrue(GpuEnvironment.of(Map.of(GpuEnvironment.SAFE_MODE, word)).safeMode());
    assertTrue(GpuEnvironment.of(Map.of(GpuEnvironment.USE_DP4A, word)).dp4a().forced());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "false", "False", " no ", "OFF"})
  void wordsForFalse(String word) {
    assertFalse(GpuEnvironment.of(Map.of(GpuEnvironment.SAFE_MODE, word)).safeMode());
    assertTrue(GpuEnvironment.of(Map.of(GpuEnvironment.USE_DP4A, word)).dp4a().forbidden());
  }

  @ParameterizedTest
  @CsvSource({
    "ROCMFORGE_GPU_SAFE_MODE, 2",
    "ROCMFORGE_DISABLE_DECODE_GRAPH, maybe",
    "ROCMFORGE_ENABLE_DECODE_GRAPH, enable",
    "ROCMFORGE_ENABLE_EXPERIMENTAL_Q8_ACTIVATION_FASTPATH, y",
    "ROCMFORGE_ENABLE_EXPERIMENTAL_GPU_KERNELS, 10",
    "ROCMFORGE_USE_WMMA, auto",
    "ROCMFORGE_DESKTOP_VRAM_GB, four",
    "ROCMFORGE_DESKTOP_VRAM_GB, -1",
    "ROCMFORGE_DESKTOP_VRAM_GB, NaN",
    "ROCMFORGE_DESKTOP_VRAM_GB, Infinity",
    "ROCMFORGE_DESKTOP_VRAM_GB, 1e99",
    "ROCMFORGE_DESKTOP_VRAM_GB, 4f",
    "ROCMFORGE_DESKTOP_VRAM_GB, '2,5'",
    "ROCMFORGE_GPU_LOCK_TIMEOUT, 1.5",
    "ROCMFORGE_GPU_LOCK_TIMEOUT, -1",
    "ROCMFORGE_GPU_LOCK_TIMEOUT, 99999999999",
    "ROCMFORGE_RUN_REAL_MODEL_GPU_TESTS, please",
    "ROCMFORGE_PROFILE_DECODE_STAGES, 1ms"
  })
  void whatDoesNotParseIsRefused(String name, String value) {
    InputException refused =
        assertThrows(InputException.class, () -> GpuEnvironment.of(Map.of(name, value)));
    assertTrue(refused.getMessage().startsWith(name + ": "), refused.getMessage());
    assertTrue(refused.getMessage().endsWith(" needed, " + value + " found"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2.0, 2147483648", "6, 6442450944", ".5, 536870912", "1e1, 10737418240"})
  void reserveIsInGibibytes(String value, long bytes) {
    Map<String, String> environment = Map.of(GpuEnvironment.DESKTOP_VRAM_GB, value);
    assertEquals(bytes, GpuEnvironment.of(environment).desktopReserveBytes());
  }
}
