package dev.rocmforge.bench.pareto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementsTest {
  private static final double[] VALUES = {1.0 / 3, Double.MIN_VALUE, -0.1, 96576768};

  @TempDir private Path folder;

  private Path written() {
    Path file = folder.resolve("m.jsonl");
    try (Measurements one = Measurements.open(file, "model")) {
      one.get("a", () -> VALUES);
      one.get("b", () -> new double[] {2});
    }
    return file;
  }

  @Test
  void numbersComeBackToTheLastBit() {
    try (Measurements again = Measurements.open(written(), "model")) {
      assertEquals(2, again.size());
      assertArrayEquals(
          VALUES,
          again.get(
              "a",
              () -> {
                throw new AssertionError("measured twice");
              }));
    }
  }

  @Test
  void aTornLineIsMeasuredAgain() throws IOException {
    Path file = written();
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 4));
    try (Measurements again = Measurements.open(file, "model")) {
      assertEquals(Optional.empty(), again.find("b"));
      assertEquals(3, again.get("b", () -> new double[] {3})[0]);
    }
    assertEquals(text.replace("[2.0]", "[3.0]"), Files.readString(file));
  }

  @Test
  void othersAreRefused() throws IOException {
    Path file = written();
    var other =
        assertThrows(InputException.class, () -> Measurements.open(file, "another").close());
    assertTrue(other.getMessage().contains("another"), other.getMessage());
    Files.writeString(file, Files.readString(file) + "no JSON\n");
    var damaged =
        assertThrows(InputException.class, () -> Measurements.open(file, "model").close());
    assertTrue(damaged.getMessage().contains("line 4"), damaged.getMessage());
  }
}
