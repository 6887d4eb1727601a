package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kernel sources of a project folder, read as they are asked for. */
final class KernelSources {
  private final Path kernels;
  private final Map<String, String> headers;

  /**
   * @param root the folder that holds {@code kernels}
   */
  KernelSources(Path root) {
    kernels = root.resolve("kernels");
    headers = readHeaders(kernels.resolve("include"));
  }

  private static Map<String, String> readHeaders(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".h"))
          .collect(
              Collectors.toUnmodifiableMap(
                  file -> file.getFileName().toString(), KernelSources::read));
    } catch (IOException e) {
      throw new EnvironmentException(folder + ": headers of the kernels cannot be read", e);
    }
  }

  /** Text by the name it is included with. */
  Map<String, String> headers() {
    return headers;
  }

  /**
   * The file of a kernel that fits the architecture most exactly: for {@code q4_0/gemv} on gfx1101
   * the first that exists of {@code gemv.gfx1101.hip}, {@code gemv.gfx110.hip}, {@code
   * gemv.gfx11.hip}, {@code gemv.gfx1.hip} and {@code gemv.hip}.
   */
  Path file(String path, String architecture) {
    for (int end = architecture.length(); end > 3; end--) {
      Path exact = kernels.resolve(path + "." + architecture.substring(0, end) + ".hip");
      if (Files.isRegularFile(exact)) {
        return exact;
      }
    }
    Path general = kernels.resolve(path + ".hip");
    if (!Files.isRegularFile(general)) {
      throw new EnvironmentException(general + ": there is no such kernel");
    }
    return general;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new EnvironmentException(file + ": cannot be read", e);
    }
  }

  /** Header names and texts in a fixed order, for hashing. */
  List<Map.Entry<String, String>> sortedHeaders() {
    return headers.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
  }
}
