package dev.rocmforge.engine.gpu.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.hip.DeviceProperties;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.route.GpuEnvironment;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class KernelDispatchTest {
  private static DeviceProperties device(String architecture, int wave) {
    return new DeviceProperties(
        0,
        "a card",
        architecture,
        8L << 30,
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

  private static KernelDispatch of(
      String architecture, int wave, RuntimeKind runtime, Map<String, String> variables) {
    GpuEnvironment environment = GpuEnvironment.of(variables);
    DeviceFeatures features = DeviceFeatures.of(device(architecture, wave), environment);
    return KernelDispatch.of(features, runtime, environment);
  }

  static Stream<Arguments> architectures() {
    return Architecture.all().stream()
        .flatMap(row -> row.waves().stream().map(wave -> Arguments.of(row, wave)));
  }

  /** Nothing set: each kernel follows its own column of the table. */
  @ParameterizedTest
  @MethodSource("architectures")
  void theTableDecides(Architecture row, int wave) {
    KernelDispatch dispatch = of(row.name(), wave, RuntimeKind.AMD, Map.of());
    assertEquals(row.dot4() != Architecture.Dot4.NONE, dispatch.q8Activations().on());
    assertEquals(row.matrix() != Architecture.Matrix.NONE && wave == 32, dispatch.matrix().on());
    assertEquals(row.dot2(), dispatch.dot2().on());
  }

  @Test
  void theStandInsAreNoSpecialCaseButOneThatIsSaid() {
    KernelDispatch nvidia = of("sm_90", 32, RuntimeKind.NVIDIA, Map.of());
    assertEquals(
        "[Dispatch] q8 activations: on (dp4a: dp4a) | matrix prefill: on (wmma: mma)"
            + " | dot2: off (dot2: none)",
        nvidia.line());
    KernelDispatch emulated = of("gfx1100", 32, RuntimeKind.CPU_EMULATION, Map.of());
    assertEquals(
        "off (cpu-emulation: matrix instructions are emulated, off unless ROCMFORGE_USE_WMMA=1)",
        emulated.facts().get("matrix prefill"));
    assertTrue(
        of("gfx1100", 32, RuntimeKind.CPU_EMULATION, Map.of("ROCMFORGE_USE_WMMA", "1"))
            .matrix()
            .on());
    assertEquals(
        "off (wmma: none)",
        of("gfx1030", 32, RuntimeKind.CPU_EMULATION, Map.of()).matrix().toString());
  }

  /** Variable, value, then q8 activations, matrix and dot2 on a gfx1100. */
  @ParameterizedTest
  @CsvSource({
    "ROCMFORGE_USE_DP4A, 0, off (ROCMFORGE_USE_DP4A=0), on (wmma: gfx11), on (dot2: fdot2)",
    "ROCMFORGE_USE_WMMA, 0, on (dp4a: sudot4), off (ROCMFORGE_USE_WMMA=0), on (dot2: fdot2)",
    "ROCMFORGE_USE_WMMA, 1, on (dp4a: sudot4), on (ROCMFORGE_USE_WMMA=1), on (dot2: fdot2)",
    "ROCMFORGE_USE_DOT2, 0, on (dp4a: sudot4), on (wmma: gfx11), off (ROCMFORGE_USE_DOT2=0)",
    "ROCMFORGE_USE_DOT2, 1, on (dp4a: sudot4), on (wmma: gfx11), on (ROCMFORGE_USE_DOT2=1)"
  })
  void overridesDecide(String name, String value, String q8, String matrix, String dot2) {
    KernelDispatch dispatch = of("gfx1100", 32, RuntimeKind.AMD, Map.of(name, value));
    assertEquals(q8, dispatch.q8Activations().toString());
    assertEquals(matrix, dispatch.matrix().toString());
    assertEquals(dot2, dispatch.dot2().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "gfx1010, ROCMFORGE_USE_DP4A",
    "gfx1013, ROCMFORGE_USE_DOT2",
    "gfx1030, ROCMFORGE_USE_WMMA",
    "sm_90, ROCMFORGE_USE_DOT2"
  })
  void whatTheHardwareLacksIsNotForced(String architecture, String variable) {
    EnvironmentException refused =
        assertThrows(
            EnvironmentException.class,
            () -> of(architecture, 32, RuntimeKind.AMD, Map.of(variable, "1")));
    assertTrue(refused.getMessage().contains(architecture), refused.getMessage());
  }
}
