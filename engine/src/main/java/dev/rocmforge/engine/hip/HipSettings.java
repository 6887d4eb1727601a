package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.InputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which runtime to open and where to look for it.
 *
 * @param kind the runtime; a stand-in only when asked for
 * @param library a file that replaces the search for libamdhip64 or the stand-in
 * @param compilerLibrary a file that replaces the search for libhiprtc
 * @param folders searched for AMD's libraries after the system's own places, in order
 * @param root the project's folder, where {@code kernels/runtimes} lies; needed for a stand-in
 * @param cache the folder for built libraries
 * @param deviceTimeout how long to wait for the device before it counts as hung
 */
public record HipSettings(
    RuntimeKind kind,
    Optional<Path> library,
    Optional<Path> compilerLibrary,
    List<Path> folders,
    Optional<Path> root,
    Path cache,
    Duration deviceTimeout) {
  static final String DEVICE_TIMEOUT = "ROCMFORGE_DEVICE_TIMEOUT";

  /** Far beyond any launch of an engine that is not hung. */
  private static final int WAIT_SECONDS = 120;

  private static final int WAIT_SECONDS_MOST = 86400;

  public HipSettings {
    folders = List.copyOf(folders);
  }

  /** From this process's environment and the system property {@code rocmforge.root}. */
  public static HipSettings ofEnvironment() {
    return of(System.getenv());
  }

  /** From the given environment variables; see {@code docs} for their list. */
  public static HipSettings of(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    String caches = environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    return new HipSettings(
        RuntimeKind.of(environment.getOrDefault("ROCMFORGE_HIP_RUNTIME", "amd")),
        path(environment, "ROCMFORGE_HIP_LIBRARY"),
        path(environment, "ROCMFORGE_HIPRTC_LIBRARY"),
        List.of(
                environment.getOrDefault("ROCM_PATH", ""),
                environment.getOrDefault("HIP_PATH", ""),
                "/opt/rocm")
            .stream()
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, "lib"))
            .toList(),
        ProjectRoot.find(environment),
        Path.of(environment.getOrDefault("ROCMFORGE_CACHE", caches + "/rocmforge")),
        deviceTimeout(environment));
  }

  private static Optional<Path> path(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
  }

  private static Duration deviceTimeout(Map<String, String> environment) {
    String value = environment.getOrDefault(DEVICE_TIMEOUT, "");
    if (value.isEmpty()) {
      return Duration.ofSeconds(WAIT_SECONDS);
    }
    int seconds = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
    if (seconds < 1 || seconds > WAIT_SECONDS_MOST) {
      throw new InputException(
          "%s: 1 to %d seconds needed, '%s' given"
              .formatted(DEVICE_TIMEOUT, WAIT_SECONDS_MOST, value));
    }
    return Duration.ofSeconds(seconds);
  }

  public HipSettings withKind(RuntimeKind other) {
    return new HipSettings(other, library, compilerLibrary, folders, root, cache, deviceTimeout);
  }
}
