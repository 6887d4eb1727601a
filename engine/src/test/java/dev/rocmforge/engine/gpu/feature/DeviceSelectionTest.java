package dev.rocmforge.engine.gpu.feature;

import static dev.rocmforge.engine.gpu.feature.DeviceFeaturesTest.device;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.DeviceProperties;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class DeviceSelectionTest {
  private static final List<DeviceProperties> FOUR =
      List.of(
          device(0, "APU", "gfx1036", 2, 32),
          device(1, "New", "gfx1299", 64, 32),
          device(2, "RX 7900 XTX", "gfx1100", 24, 32),
          device(3, "RX 7900 XTX", "gfx1100", 24, 32));

  @Test
  void theSupportedOneWithTheMostMemory() {
    DeviceSelection selection = DeviceSelection.of(FOUR, OptionalInt.empty());
    assertEquals(2, selection.device().index());
    assertEquals(
        "GPU: device 2, RX 7900 XTX (gfx1100, 24.00 GiB): the most memory of 3 supported of 4"
            + " devices",
        selection.line());
    assertEquals(
        "the only device", DeviceSelection.of(FOUR.subList(0, 1), OptionalInt.empty()).reason());
  }

  @Test
  void theAskedOneWhateverItIs() {
    DeviceSelection selection = DeviceSelection.of(FOUR, OptionalInt.of(1));
    assertEquals(1, selection.device().index());
    assertEquals("--gpu-index 1", selection.reason());
    InputException refused =
        assertThrows(InputException.class, () -> DeviceSelection.of(FOUR, OptionalInt.of(4)));
    assertEquals("--gpu-index: an index below 4 needed, 4 given", refused.getMessage());
  }

  @Test
  void noneSupported() {
    EnvironmentException refused =
        assertThrows(
            EnvironmentException.class,
            () -> DeviceSelection.of(FOUR.subList(1, 2), OptionalInt.empty()));
    assertTrue(
        refused.getMessage().startsWith("no supported GPU: 1 visible: 1 gfx1299; supported: gfx9"),
        refused.getMessage());
  }
}
