package dev.rocmforge.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class VramBudgetTest {
  private static final long GIB = 1L << 30;
  private static final VramBudget EIGHT = new VramBudget(0, 8 * GIB, 8 * GIB, 4 * GIB);

  private static VramPlan plan(long bytes) {
    return new VramPlan(
        List.of(
            new VramPlan.Line("Model weights", bytes - 3 * GIB / 2),
            new VramPlan.Line("KV cache", GIB),
            new VramPlan.Line("Scratch buffers", GIB / 2)));
  }

  @Test
  void theBoundaryIsExact() {
    assertEquals(4 * GIB, EIGHT.availableBytes());
    assertTrue(EIGHT.fits(plan(4 * GIB - 1)));
    assertTrue(EIGHT.fits(plan(4 * GIB)));
    assertFalse(EIGHT.fits(plan(4 * GIB + 1)));
    assertTrue(EIGHT.obstacle(plan(4 * GIB)).isEmpty());
    assertEquals(
        "device 0: 4294967297 bytes (4.00 GiB) of VRAM needed, 4294967296 (4.00 GiB) available:"
            + " 8.00 GiB free less 4.00 GiB for the desktop (ROCMFORGE_DESKTOP_VRAM_GB);"
            + " a smaller model, a shorter context or a smaller reserve helps",
        EIGHT.obstacle(plan(4 * GIB + 1)).orElseThrow());
  }

  @Test
  void aReserveThatIsNotFreeLeavesNothing() {
    VramBudget crowded = new VramBudget(1, 8 * GIB, 3 * GIB, 4 * GIB);
    assertEquals(0, crowded.availableBytes());
    assertTrue(crowded.fits(new VramPlan(List.of())));
    assertFalse(crowded.fits(new VramPlan(List.of(new VramPlan.Line("x", 1)))));
  }

  @Test
  void theTableAsPrinted() {
    VramBudget budget = new VramBudget(0, 8 * GIB, 7 * GIB + GIB / 2, 4 * GIB);
    assertEquals(
        List.of(
            "VRAM status (device 0):",
            "  Total                 8.00 GiB",
            "  Used (other)          0.50 GiB",
            "  Free                  7.50 GiB",
            "  Desktop reserved      4.00 GiB  ROCMFORGE_DESKTOP_VRAM_GB",
            "  For inference         3.50 GiB",
            "Estimated usage:",
            "  Model weights         1.50 GiB",
            "  KV cache              1.00 GiB",
            "  Scratch buffers       0.50 GiB",
            "  Total required        3.00 GiB  [OK]"),
        budget.table(plan(3 * GIB)));
    assertTrue(budget.table(plan(5 * GIB)).getLast().endsWith("5.00 GiB  [OVER BUDGET]"));
    assertEquals(
        "[VRAM Manager] Free VRAM: 7.50 GiB | Desktop Reserved: 4.00 GiB"
            + " | Safe Allocation Limit: 3.50 GiB",
        budget.line());
  }
}
