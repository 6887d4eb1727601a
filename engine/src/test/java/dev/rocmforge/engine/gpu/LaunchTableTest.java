package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first line that fits, by architecture, kernel and size. */
class LaunchTableTest {
  private static final String HEADER =
      "# why\narch\tkernel\trows_from\trows_to\tcolumns_from\tcolumns_to\trows\tshare\tthreads"
          + "\tverdict\n";

  @TempDir private Path root;

  private LaunchTable table(String text) throws IOException {
    Files.createDirectories(root.resolve("kernels/tuning"));
    Files.writeString(root.resolve("kernels/tuning/launch.tsv"), text);
    return LaunchTable.read(root, "gfx1101");
  }

  @Test
  void firstLineThatFits() throws IOException {
    LaunchTable table =
        table(
            HEADER
                + "gfx90a\t*/gemv\t-\t-\t-\t-\t9\t9\t999\tmeasured\n"
                + "gfx11*\tq[45]_0/gemv\t100\t200\t-\t64\t4\t2\t128\tmeasured\n"
                + "*\t*/gemv\t-\t-\t-\t-\t2\t1\t64\tunmeasured\n");
    LaunchShape narrow = new LaunchShape(128, 2, 4, false);
    LaunchShape general = new LaunchShape(64, 1, 2, false);
    assertEquals(narrow, table.shape("gemv", QuantType.Q4_0, 100, 64));
    assertEquals(narrow, table.shape("gemv", QuantType.Q5_0, 200, 1));
    assertEquals(general, table.shape("gemv", QuantType.Q4_0, 99, 64));
    assertEquals(general, table.shape("gemv", QuantType.Q4_0, 201, 64));
    assertEquals(general, table.shape("gemv", QuantType.Q4_0, 100, 65));
    assertEquals(general, table.shape("gemv", QuantType.Q8_0, 100, 64));
    assertEquals(
        LaunchShapes.DEFAULT.shape("gate_up", QuantType.Q8_0, 1, 1),
        table.shape("gate_up", QuantType.Q8_0, 1, 1));
  }

  @Test
  void damageIsNamed() throws IOException {
    EnvironmentException refused =
        assertThrows(EnvironmentException.class, () -> table("arch\tkernel\n"));
    assertTrue(refused.getMessage().contains("header"), refused.getMessage());
    refused =
        assertThrows(
            EnvironmentException.class,
            () -> table(HEADER + "*\t*/gemv\t-\t-\t-\t-\ttwo\t1\t64\tmeasured\n"));
    assertTrue(refused.getMessage().contains("two"), refused.getMessage());
  }
}
