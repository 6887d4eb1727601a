package dev.rocmforge.bench.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 digests of files, in lower-case hexadecimal. */
public final class Sha256 {
  private Sha256() {}

  /** The digest of a file's bytes. */
  public static String of(Path file) throws IOException {
    return of(List.of(file));
  }

  /** The digest of several files' bytes, one after the other. */
  public static String of(List<Path> files) throws IOException {
    MessageDigest digest = start();
    byte[] buffer = new byte[1 << 20];
    for (Path file : files) {
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        while (in.read(buffer) >= 0) {
          // Reading feeds the digest.
        }
      }
    }
    return hex(digest);
  }

  /** The digest of bytes in memory. */
  public static String of(byte[] bytes) {
    MessageDigest digest = start();
    digest.update(bytes);
    return hex(digest);
  }

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
