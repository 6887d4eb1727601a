package dev.rocmforge.engine.hip;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder that holds {@code kernels}: the launcher's system property {@code rocmforge.root}, the
 * environment variable {@code ROCMFORGE_ROOT}, or the nearest such folder above the working folder.
 */
final class ProjectRoot {
  private static final String MARK = "kernels/runtimes/hip_abi.h";

  private ProjectRoot() {}

  static Optional<Path> find(Map<String, String> environment) {
    String named =
        System.getProperty("rocmforge.root", environment.getOrDefault("ROCMFORGE_ROOT", ""));
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named).toAbsolutePath());
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isRegularFile(folder.resolve(MARK))) {
      folder = folder.getParent();
    }
    return Optional.ofNullable(folder);
  }
}
