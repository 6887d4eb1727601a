package dev.rocmforge.engine.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernels at every width, each in a Java machine of its own because the width is chosen when a
 * class is loaded. Widths that this processor lacks run too, only slowly.
 */
class VectorWidthTest {
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void kernelsAreRightAtThisWidth(int bits) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-Drocmforge.vector.bits=" + bits,
                "-cp",
                System.getProperty("java.class.path"),
                VectorWidthTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), said);
    assertEquals("ran at " + bits + " bits", said.lines().toList().getLast());
  }

  /**
   * Runs in the child: {@link RowKernelTest} for all formats, {@link PackedMatrixTest} for those
   * with panels.
   */
  public static void main(String[] arguments) {
    var kernels = new RowKernelTest();
    for (QuantType type : QuantType.values()) {
      kernels.decodesAsTheFormatSays(type);
      kernels.multipliesAsTheFormatSays(type);
      kernels.rowsTogetherHaveTheBitsOfEach(type);
    }
    var panels = new PackedMatrixTest();
    for (QuantType type : QuantType.values()) {
      if (PanelFormat.of(type).isPresent()) {
        panels.multipliesAsTheFormatSays(type);
        panels.rowsTogetherHaveTheBitsOfEach(type);
      }
    }
    System.out.println("ran at " + VectorBackend.vectorBits() + " bits");
  }
}
