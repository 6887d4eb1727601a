package dev.rocmforge.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares an output with the file sealed under {@code src/test/resources/golden}. On a difference
 * the output is left in {@code target/golden}: look at it, and copy it over when it is right.
 */
public final class GoldenFile {
  private GoldenFile() {}

  public static void assertMatches(String name, String actual) throws IOException {
    String sealed = "";
    try (InputStream in = GoldenFile.class.getResourceAsStream("/golden/" + name)) {
      if (in != null) {
        sealed = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    if (!sealed.equals(actual)) {
      Path left = Path.of("target", "golden", name);
      Files.createDirectories(left.getParent());
      Files.writeString(left, actual);
      assertEquals(sealed, actual, "differs from golden/" + name + "; see " + left);
    }
  }
}
