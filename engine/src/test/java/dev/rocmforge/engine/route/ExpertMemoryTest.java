package dev.rocmforge.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ExpertMemoryTest {
  @Test
  void wordsSharesAndGibibytes() {
    assertEquals(new ExpertMemory.Auto(), ExpertMemory.parse("x", " Auto "));
    assertEquals(new ExpertMemory.All(), ExpertMemory.parse("x", "all"));
    assertEquals(new ExpertMemory.Share(12.5), ExpertMemory.parse("x", "12.5 %"));
    assertEquals(new ExpertMemory.Bytes(3L << 29), ExpertMemory.parse("x", "1.5"));
    assertFalse(new ExpertMemory.Auto().pages() || new ExpertMemory.All().pages());
    for (String wrong : new String[] {"", "0", "0%", "100.5%", "-1", "1e3", "half", "5GB", "%"}) {
      InputException refused =
          assertThrows(InputException.class, () -> ExpertMemory.parse("x", wrong));
      assertTrue(
          refused.getMessage().startsWith("x: ")
              && refused.getMessage().endsWith(wrong + " found"));
    }
  }

  @Test
  void variables() {
    assertEquals(new ExpertPaging(new ExpertMemory.Auto(), true), GpuEnvironment.DEFAULT.experts());
    assertEquals(
        new ExpertPaging(new ExpertMemory.Share(50), false),
        GpuEnvironment.of(
                Map.of(GpuEnvironment.EXPERT_VRAM, "50%", GpuEnvironment.EXPERT_PREFETCH, "off"))
            .experts());
    InputException refused =
        assertThrows(
            InputException.class,
            () -> GpuEnvironment.of(Map.of(GpuEnvironment.EXPERT_VRAM, "much")));
    assertTrue(refused.getMessage().startsWith("ROCMFORGE_EXPERT_VRAM: "), refused.getMessage());
  }
}
