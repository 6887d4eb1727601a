package dev.rocmforge.engine.gpu.lock;

import dev.rocmforge.engine.EnvironmentException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/** The private folder of the lock files. */
final class LockFolder {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private LockFolder() {}

  /**
   * {@code rocmforge} under {@code XDG_RUNTIME_DIR}, or {@code locks} under {@code ROCMFORGE_CACHE}
   * or the user's cache.
   */
  static Path of(Map<String, String> environment) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isEmpty() && Files.isDirectory(Path.of(runtime))) {
      return Path.of(runtime, "rocmforge");
    }
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    String caches = environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    return Path.of(environment.getOrDefault("ROCMFORGE_CACHE", caches + "/rocmforge"), "locks");
  }

  /**
   * Makes the folder if it is not there, and checks that it is a folder and no link, this user's,
   * and closed to others.
   */
  static Path ready(Path folder) {
    try {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (FileAlreadyExistsException e) {
        check(folder);
      }
      return folder;
    } catch (IOException e) {
      throw new EnvironmentException("GPU lock: " + folder + ": cannot be made: " + e, e);
    }
  }

  private static void check(Path folder) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    String permissions = PosixFilePermissions.toString(attributes.permissions());
    String user = System.getProperty("user.name");
    boolean mine = attributes.owner().getName().equals(user);
    if (!attributes.isDirectory() || !mine || !attributes.permissions().equals(PRIVATE)) {
      throw new EnvironmentException(
          "GPU lock: %s: a folder of %s with rwx------ needed, found %s of %s with %s"
              .formatted(
                  folder,
                  user,
                  attributes.isSymbolicLink()
                      ? "a link"
                      : attributes.isDirectory() ? "a folder" : "no folder",
                  attributes.owner().getName(),
                  permissions));
    }
  }
}
