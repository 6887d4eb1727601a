package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.models.ModelCache;
import dev.rocmforge.bench.models.ModelManifest;
import dev.rocmforge.bench.models.NamedModel;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where models named on a command line lie: files, the models packed with the project, and pulled
 * ones.
 *
 * @param project the project's folder
 * @param cache where pulled models are kept
 */
record ModelPlaces(Path project, ModelCache cache) {
  private static final String SUFFIX = ".gguf";

  /** The model that {@code bench} runs without arguments. */
  static final String EMBEDDED_DEFAULT = "lexicon-tiny-q4_0";

  /** Of this process: the launcher says where the project is. */
  static ModelPlaces standard() {
    return new ModelPlaces(
        Path.of(System.getProperty("rocmforge.root", ".")),
        ModelCache.of(System.getenv(), Path.of(System.getProperty("user.home"))));
  }

  ModelManifest manifest() {
    return ModelManifest.read(project.resolve("datasets/models.json"));
  }

  /** Names of the models packed with the project, sorted. */
  List<String> embedded() {
    try (Stream<Path> files = Files.list(embeddedFolder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(embeddedFolder() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  Path embeddedFile(String name) {
    return embeddedFolder().resolve(name + SUFFIX);
  }

  private Path embeddedFolder() {
    return project.resolve("datasets/models");
  }

  /**
   * The file that a person means: an existing file first, then a name.
   *
   * @throws InputException if there is neither, or the named model has not been pulled
   */
  Path resolve(String text) {
    Path path = Path.of(text);
    if (Files.exists(path)
        || text.contains("/")
        || text.endsWith(SUFFIX)
        || text.endsWith(".rfm")) {
      return path;
    }
    if (embedded().contains(text)) {
      return embeddedFile(text);
    }
    ModelManifest manifest = manifest();
    if (manifest.models().stream().noneMatch(model -> model.name().equals(text))) {
      throw new InputException(
          text
              + ": neither a file nor a known model; known: "
              + Stream.concat(embedded().stream(), manifest.models().stream().map(NamedModel::name))
                  .collect(Collectors.joining(", ")));
    }
    NamedModel named = manifest.named(text);
    return cache
        .find(named)
        .orElseThrow(
            () ->
                new InputException(
                    text
                        + ": not pulled into "
                        + cache.root()
                        + " yet; './rocmforge models pull "
                        + text
                        + "' does"));
  }
}
