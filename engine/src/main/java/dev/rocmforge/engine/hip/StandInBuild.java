package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.HipUnavailableException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Builds a stand-in runtime from {@code kernels/runtimes} with the host's C++ compiler, once for
 * each state of its sources; later calls find the library in the cache.
 */
final class StandInBuild {
  // Kernels reach the running thread's position through a fixed offset of the thread pointer.
  private static final List<String> FLAGS =
      List.of(
          "-std=c++20",
          "-O1",
          "-shared",
          "-fPIC",
          "-ftls-model=initial-exec",
          "-fvisibility=hidden",
          "-w");

  private final HipSettings settings;

  StandInBuild(HipSettings settings) {
    this.settings = settings;
  }

  Path library() {
    Path runtimes =
        settings
            .root()
            .orElseThrow(
                () ->
                    unavailable(
                        "sources not found: no kernels/runtimes above the working folder; set"
                            + " ROCMFORGE_ROOT"))
            .resolve("kernels/runtimes");
    String folder = settings.kind() == RuntimeKind.NVIDIA ? "nvidia" : "cpu";
    try {
      String compiler = compilerCommand();
      List<Path> sources = sources(runtimes, folder);
      Path target =
          settings
              .cache()
              .resolve("runtimes")
              .resolve("librocmforge_" + folder + "-" + key(sources, compiler) + ".so");
      if (!Files.exists(target)) {
        build(compiler, runtimes.resolve(folder), sources, target);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String compilerCommand() {
    return System.getenv().getOrDefault("ROCMFORGE_EMULATION_CXX", "c++");
  }

  private static List<Path> sources(Path runtimes, String folder) throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path place : List.of(runtimes, runtimes.resolve(folder))) {
      try (Stream<Path> files = Files.list(place)) {
        files
            .filter(f -> f.toString().endsWith(".cpp") || f.toString().endsWith(".h"))
            .filter(f -> !f.endsWith("smoke.cpp"))
            .sorted()
            .forEach(all::add);
      }
    }
    return all;
  }

  private static String key(List<Path> sources, String compiler) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((compiler + FLAGS).getBytes(StandardCharsets.UTF_8));
      for (Path source : sources) {
        digest.update(source.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(source));
      }
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), 8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void build(String compiler, Path folder, List<Path> sources, Path target)
      throws IOException {
    Files.createDirectories(target.getParent());
    Path fresh = Files.createTempFile(target.getParent(), "build", ".so");
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(FLAGS);
    command.add("-DRF_EMULATION_FOLDER=\"" + folder.toAbsolutePath() + "\"");
    sources.stream().map(Path::toString).filter(s -> s.endsWith(".cpp")).forEach(command::add);
    command.addAll(List.of("-o", fresh.toString(), "-lpthread", "-ldl"));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw unavailable("no C++ compiler: " + e.getMessage());
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = waitFor(process);
    if (status != 0) {
      Files.deleteIfExists(fresh);
      throw unavailable(compiler + " ended with " + status + ":\n" + output.strip());
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static int waitFor(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private HipUnavailableException unavailable(String why) {
    return new HipUnavailableException(
        Reason.STAND_IN_NOT_BUILT, settings.kind().label() + " runtime: " + why);
  }
}
