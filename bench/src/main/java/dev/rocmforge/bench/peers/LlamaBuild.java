package dev.rocmforge.bench.peers;

import dev.rocmforge.bench.models.Sha256;
import dev.rocmforge.engine.EnvironmentException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The program that runs llama.cpp, kept in a cache folder and built there when it is missing: the
 * sources out of the Python package {@code llama-cpp-python}, CMake and a C++ compiler do it.
 *
 * <p>It is made for the processor of this machine; another one in the same home builds its own.
 */
public final class LlamaBuild {
  private static final String PACKAGE = "llama-cpp-python";
  private static final String VERSION = "0.3.36";

  /** Of the package's archive on PyPI; what is not this is not unpacked. */
  private static final String ARCHIVE_SHA256 =
      "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e";

  private static final String STEM = PACKAGE.replace('-', '_') + "-" + VERSION;
  private static final String PROGRAM = "llama-peer";
  private static final List<String> OURS = List.of("CMakeLists.txt", "llama-peer.cpp");

  private final Path root;
  private final String processor;
  private final Consumer<String> lines;

  /**
   * @param root the cache folder; need not exist yet
   * @param processor name and features of the machine's
   * @param lines receives one line if it builds
   */
  public LlamaBuild(Path root, String processor, Consumer<String> lines) {
    this.root = root;
    this.processor = processor;
    this.lines = lines;
  }

  /**
   * Where peers are kept: {@code ROCMFORGE_PEERS}, else {@code rocmforge/peers} in {@code
   * $XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public static Path root(Map<String, String> environment, Path home) {
    String own = environment.getOrDefault("ROCMFORGE_PEERS", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches = xdg.isBlank() ? home.resolve(".cache") : Path.of(xdg);
    return caches.resolve("rocmforge").resolve("peers");
  }

  /**
   * The program, built if need be.
   *
   * @throws EnvironmentException if a tool, the package or the network is missing
   */
  public Path program() {
    try {
      Path folder = root.resolve("llama.cpp-" + VERSION + "-" + key());
      Path program = folder.resolve(PROGRAM);
      if (!Files.isExecutable(program)) {
        build(folder);
      }
      return program;
    } catch (IOException e) {
      throw new EnvironmentException("llama.cpp cannot be built: " + e, e);
    }
  }

  /** Other sources of ours or another processor make another program. */
  private String key() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(processor.getBytes(StandardCharsets.UTF_8));
    for (String name : OURS) {
      all.write(resource(name));
    }
    return Sha256.of(all.toByteArray()).substring(0, 12);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = LlamaBuild.class.getResourceAsStream(name)) {
      return Optional.ofNullable(in)
          .orElseThrow(() -> new AssertionError(name + " is not packed"))
          .readAllBytes();
    }
  }

  private void build(Path folder) throws IOException {
    Files.createDirectories(root);
    Path work = Files.createTempDirectory(root, "building-");
    try {
      Path log = root.resolve("build.log");
      Files.writeString(log, "");
      lines.accept(
          "Building llama.cpp of %s %s once, some minutes: %s (log: %s)"
              .formatted(PACKAGE, VERSION, folder, log));
      run(log, "CMake", List.of("cmake", "--version"));
      Path archive = archive(log, work);
      run(
          log,
          "tar",
          List.of("tar", "-xzf", archive + "", "-C", work + "", STEM + "/vendor/llama.cpp"));
      for (String name : OURS) {
        Files.write(work.resolve(name), resource(name));
      }
      Path made = work.resolve("made");
      Path source = work.resolve(STEM).resolve("vendor/llama.cpp");
      run(
          log,
          "CMake with a C++ compiler",
          List.of(
              "cmake",
              "-S" + work,
              "-B" + made,
              "-DCMAKE_BUILD_TYPE=Release",
              "-DLLAMA_SOURCE=" + source));
      int parallel = Runtime.getRuntime().availableProcessors();
      run(
          log,
          "the C++ compiler",
          List.of("cmake", "--build", made + "", "--target", PROGRAM, "--parallel", "" + parallel));
      // A program that is there is whole: it appears by a single move.
      Files.createDirectories(folder);
      Files.move(made.resolve(PROGRAM), folder.resolve(PROGRAM), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(work);
    }
  }

  /** The package's archive, kept in the cache folder for another processor's build. */
  private Path archive(Path log, Path work) throws IOException {
    Path kept = root.resolve(STEM + ".tar.gz");
    if (!Files.exists(kept)) {
      run(
          log,
          "pip",
          List.of(
              "python3",
              "-m",
              "pip",
              "download",
              "--no-deps",
              "--no-binary",
              ":all:",
              "--quiet",
              "--dest",
              work.toString(),
              PACKAGE + "==" + VERSION));
      Files.move(work.resolve(STEM + ".tar.gz"), kept, StandardCopyOption.REPLACE_EXISTING);
    }
    String found = Sha256.of(kept);
    if (!found.equals(ARCHIVE_SHA256)) {
      throw new EnvironmentException(
          "%s: sha256 %s needed, %s found; delete it to fetch it again"
              .formatted(kept, ARCHIVE_SHA256, found));
    }
    return kept;
  }

  private static void run(Path log, String what, List<String> command) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new EnvironmentException(
          "to build llama.cpp %s is needed: %s".formatted(what, e.getMessage()), e);
    }
    try {
      int code = process.waitFor();
      if (code != 0) {
        List<String> said = Files.readAllLines(log);
        throw new EnvironmentException(
            "llama.cpp cannot be built: %s ended with exit code %d: %s (log: %s)"
                .formatted(what, code, said.isEmpty() ? "no message" : said.getLast(), log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while llama.cpp was built", e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
