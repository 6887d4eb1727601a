package dev.rocmforge.house;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the project's files lie, seen from a test. */
final class Project {
  static final List<String> MODULES = List.of("engine", "reports", "validation", "bench");

  private Project() {}

  /** The folder that holds the parent pom, found upwards from where the test runs. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("no folder with .mvn above " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  /** All Java sources below {@code src/KIND} of every module, sorted; kind is main or test. */
  static List<Path> sources(String kind) {
    return MODULES.stream()
        .map(module -> root().resolve(module).resolve("src").resolve(kind).resolve("java"))
        .filter(Files::isDirectory)
        .flatMap(Project::javaFiles)
        .toList();
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The files that git tracks, relative to the root; without a git checkout the test is skipped.
   */
  static List<Path> trackedFiles() {
    assumeTrue(
        Files.exists(root().resolve(".git")), "not a git checkout: no list of tracked files");
    try {
      Process git = new ProcessBuilder("git", "ls-files", "-z").directory(root().toFile()).start();
      String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(names.split("\0")).map(Path::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
