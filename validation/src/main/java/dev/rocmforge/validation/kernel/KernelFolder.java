package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.KernelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * Hash of a source with all headers, as sha256.
   *
   * @param path such as {@code q4_0/gemv}
   */
  public Optional<String> sha256(String path) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      if (!has(path)) {
        return Optional.empty();
      }
      digest.update(Files.readAllBytes(folder.resolve(path + ".hip")));
      for (Map.Entry<String, String> header : new TreeMap<>(headers).entrySet()) {
        digest.update(header.getKey().getBytes(StandardCharsets.UTF_8));
        digest.update(header.getValue().getBytes(StandardCharsets.UTF_8));
      }
      return Optional.of(HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** Paths of all sources, such as {@code q4_0/gemv}. */
  public List<String> sources() {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files
          .map(file -> folder.relativize(file).toString())
          .filter(name -> name.endsWith(".hip") && name.contains("/"))
          .map(name -> name.substring(0, name.length() - ".hip".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether the folder has the source of an operation. */
  boolean has(String path) {
    return Files.isRegularFile(folder.resolve(path + ".hip"));
  }
}
