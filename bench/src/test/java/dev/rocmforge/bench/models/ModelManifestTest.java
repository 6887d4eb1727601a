package dev.rocmforge.bench.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ModelManifestTest {
  private final ModelManifest manifest = ModelManifest.read(Path.of("../datasets/models.json"));

  @Test
  void everyEntryIsCompleteAndNamedOnce() {
    var names = new HashSet<String>();
    for (NamedModel model : manifest.models()) {
      assertTrue(names.add(model.name()), model.name());
      assertFalse(model.license().isBlank(), model.name());
      assertFalse(model.fileNames().isEmpty(), model.name());
      assertTrue(model.fileNames().stream().allMatch(f -> f.endsWith(".gguf")), model.name());
    }
  }

  @Test
  void theCacheFollowsTheEnvironment() {
    Path home = Path.of("/home/someone");
    assertEquals(
        Path.of("/home/someone/.cache/rocmforge/models"), ModelCache.of(Map.of(), home).root());
    assertEquals(
        Path.of("/c/rocmforge/models"), ModelCache.of(Map.of("XDG_CACHE_HOME", "/c"), home).root());
    assertEquals(
        Path.of("/m"),
        ModelCache.of(Map.of("XDG_CACHE_HOME", "/c", "ROCMFORGE_MODELS", "/m"), home).root());
  }
}
