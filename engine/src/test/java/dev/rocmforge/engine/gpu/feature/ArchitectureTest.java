package dev.rocmforge.engine.gpu.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.gpu.feature.Architecture.Dot4;
import dev.rocmforge.engine.gpu.feature.Architecture.Matrix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table against the compiler's own groups of builtins, written apart from it. */
final class ArchitectureTest {
  @Test
  void everyArchitectureIsThereOnceInOrder() {
    assertEquals(
        List.of(
            "gfx906", "gfx908", "gfx90a", "gfx942", "gfx1010", "gfx1011", "gfx1012", "gfx1013",
            "gfx1030", "gfx1031", "gfx1032", "gfx1033", "gfx1034", "gfx1035", "gfx1036", "gfx1100",
            "gfx1101", "gfx1102", "gfx1103", "gfx1150", "gfx1151", "gfx1200", "gfx1201"),
        Architecture.all().stream().map(Architecture::name).toList());
  }

  @Test
  void instructionsFollowTheGroups() {
    for (Architecture row : Architecture.all()) {
      String name = row.name();
      boolean eleven = name.startsWith("gfx11");
      boolean twelve = name.startsWith("gfx12");
      boolean bare = name.equals("gfx1010") || name.equals("gfx1013");
      Dot4 dot4 = bare ? Dot4.NONE : eleven || twelve ? Dot4.SUDOT4 : Dot4.SDOT4;
      Matrix matrix = eleven ? Matrix.GFX11 : twelve ? Matrix.GFX12 : Matrix.NONE;
      assertEquals(dot4, row.dot4(), name);
      assertEquals(!bare, row.dot2(), name);
      assertEquals(matrix, row.matrix(), name);
      assertEquals(name.startsWith("gfx9") ? List.of(64) : List.of(32, 64), row.waves(), name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sm_60, NONE, NONE",
    "sm_61, DP4A, NONE",
    "sm_75, DP4A, NONE",
    "sm_80, DP4A, MMA",
    "sm_90a, DP4A, MMA",
    "sm_120, DP4A, MMA"
  })
  void theStandInForNvidia(String name, Dot4 dot4, Matrix matrix) {
    Architecture row = Architecture.of(name).orElseThrow();
    assertEquals(dot4, row.dot4());
    assertEquals(matrix, row.matrix());
    assertEquals(List.of(32), row.waves());
  }

  @ParameterizedTest
  @CsvSource({"gfx900", "gfx1152", "gfx110", "gfx11000", "gfx90a:xnack-", "sm_x", "unknown"})
  void othersAreNotInTheTable(String name) {
    assertTrue(Architecture.of(name).isEmpty());
  }

  /** The documented rows agree with the table, but for the card that they place wrongly. */
  @Test
  void theDocumentedTableAgreesByArchitecture() {
    for (DocumentedDevice row : DocumentedDevice.all()) {
      Architecture truth = Architecture.of(row.architecture()).orElseThrow();
      assertEquals(row.dp4a(), truth.dot4() != Dot4.NONE, row.product());
      assertEquals(row.wmma(), truth.matrix() != Matrix.NONE, row.product());
      assertEquals(row.dot2(), truth.dot2(), row.product());
    }
    assertEquals(
        "gfx1100", DocumentedDevice.of("AMD Radeon RX 7800 XT").orElseThrow().architecture());
    assertEquals("gfx1013", DocumentedDevice.of("AMD bc-250").orElseThrow().architecture());
    assertTrue(DocumentedDevice.of("AMD Radeon RX 9070 XT").isEmpty());
  }
}
