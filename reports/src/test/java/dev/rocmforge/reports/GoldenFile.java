package dev.rocmforge.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Compares an output with the file sealed under {@code src/test/resources/golden}. On a difference
 * the output is left in {@code target/golden}, plain and packed: look at it, and copy it over when
 * it is right.
 */
public final class GoldenFile {
  private GoldenFile() {}

  public static void assertMatches(String name, String actual) throws IOException {
    String sealed = sealed(name);
    if (!sealed.equals(actual)) {
      Path left = Path.of("target", "golden", name);
      Files.createDirectories(left.getParent());
      Files.writeString(left, actual);
      try (OutputStream out = Files.newOutputStream(Path.of(left + ".gz"));
          GZIPOutputStream packed = new GZIPOutputStream(out)) {
        packed.write(actual.getBytes(StandardCharsets.UTF_8));
      }
      assertEquals(sealed, actual, "differs from golden/" + name + "; see " + left);
    }
  }

  /** As it lies there, or packed where it is large. */
  private static String sealed(String name) throws IOException {
    try (InputStream plain = GoldenFile.class.getResourceAsStream("/golden/" + name);
        InputStream packed = GoldenFile.class.getResourceAsStream("/golden/" + name + ".gz")) {
      if (plain != null) {
        return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
      }
      return packed == null
          ? ""
          : new String(new GZIPInputStream(packed).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
