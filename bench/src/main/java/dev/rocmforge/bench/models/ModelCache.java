package dev.rocmforge.bench.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder that pulled models are kept in, one sub-folder a model: {@code ROCMFORGE_MODELS}, else
 * {@code $XDG_CACHE_HOME/rocmforge/models}, else {@code ~/.cache/rocmforge/models}.
 *
 * @param root the folder; need not exist yet
 */
public record ModelCache(Path root) {
  /** The cache that the given environment variables name. */
  public static ModelCache of(Map<String, String> environment, Path home) {
    String own = environment.getOrDefault("ROCMFORGE_MODELS", "");
    if (!own.isBlank()) {
      return new ModelCache(Path.of(own));
    }
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches = xdg.isBlank() ? home.resolve(".cache") : Path.of(xdg);
    return new ModelCache(caches.resolve("rocmforge").resolve("models"));
  }

  /** The folder of one model. */
  public Path folder(NamedModel model) {
    return root.resolve(model.name());
  }

  /** The receipt of a model: which digests were checked, and against what. */
  public Path receipt(NamedModel model) {
    return folder(model).resolve("receipt.json");
  }

  /** The file to open, if the model has been pulled whole. */
  public Optional<Path> find(NamedModel model) {
    Path folder = folder(model);
    boolean whole =
        Files.isRegularFile(receipt(model))
            && model.fileNames().stream().allMatch(n -> Files.isRegularFile(folder.resolve(n)));
    return whole ? Optional.of(folder.resolve(model.fileNames().getFirst())) : Optional.empty();
  }
}
