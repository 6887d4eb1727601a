package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Compiled kernels on disk, named by the hash of all that made them. Written beside and moved into
 * place, so that several processes may share a folder and one that dies leaves nothing half
 * written.
 */
final class CodeStore {
  private final Path folder;

  CodeStore(Path folder) {
    this.folder = folder;
  }

  /** SHA-256 over the parts, each with its length in front, so that no two lists collide. */
  static String key(List<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  Optional<byte[]> find(String key) {
    try {
      return Optional.of(Files.readAllBytes(file(key)));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw new EnvironmentException(file(key) + ": cannot be read", e);
    }
  }

  void store(String key, byte[] code) {
    try {
      Files.createDirectories(folder);
      Path written = Files.createTempFile(folder, key, ".part");
      try {
        Files.write(written, code);
        Files.move(written, file(key), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new EnvironmentException(file(key) + ": cannot be written", e);
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".co");
  }
}
