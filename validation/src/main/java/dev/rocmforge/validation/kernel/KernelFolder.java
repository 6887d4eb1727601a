package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.KernelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Kernel sources as they lie in a folder; read when asked for, headers once. */
public final class KernelFolder {
  private final Path folder;
  private final Map<String, String> headers;

  /**
   * Reads {@code include/}.
   *
   * @param folder such as {@code kernels} of this project
   * @throws InputException if there is no {@code include} with headers
   */
  public KernelFolder(Path folder) {
    this.folder = folder;
    Map<String, String> found = new TreeMap<>();
    Path include = folder.resolve("include");
    try (Stream<Path> files = Files.list(include)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".h")).toList()) {
        found.put(file.getFileName().toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new InputException(include + ": no folder of kernel headers can be read there", e);
    }
    headers = Map.copyOf(found);
  }

  public Path path() {
    return folder;
  }

  /** A source with constants and architecture, as the compiler wants it. */
  KernelSource source(Trial.Code code, String architecture) {
    Path file = folder.resolve(code.source());
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    List<String> options = new ArrayList<>(List.of("-std=c++17", "-O3"));
    if (architecture.startsWith("gfx")) {
      options.add("--offload-arch=" + architecture);
      boolean choosable = architecture.startsWith("gfx1");
      if (choosable && code.constants().get("RF_WAVE") == 64) {
        options.add("-mwavefrontsize64");
      }
    }
    code.constants().forEach((name, value) -> options.add("-D" + name + "=" + value));
    return new KernelSource(code.source(), text, headers, options);
  }

  /** Whether the folder has the source of an operation. */
  boolean has(String path) {
    return Files.isRegularFile(folder.resolve(path + ".hip"));
  }
}
