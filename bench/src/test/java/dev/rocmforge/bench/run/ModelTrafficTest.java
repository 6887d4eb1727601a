package dev.rocmforge.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.convert.ConvertOptions;
import dev.rocmforge.engine.convert.Converter;
import dev.rocmforge.engine.convert.InputEnergy;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a position of the cache adds to a step, by how the cache keeps it. */
class ModelTrafficTest {
  private static final Path MODEL = Path.of("../datasets/models/lexicon-tiny-q8_0.gguf");
  private static final int LAYERS = 6;
  private static final int WIDTH = 2 * 32;

  @TempDir private Path folder;

  private static long bytesOfAPosition(Model model, KvType type) {
    var traffic = new ModelTraffic(model, KvStorage.of(type));
    return (traffic.decode(1000, 1).bytesPerToken() - traffic.decode(0, 1).bytesPerToken()) / 1000;
  }

  @Test
  void aFullCacheHasKeysAndValuesOfAllHeads() {
    try (Model model = Model.open(MODEL)) {
      assertEquals(2L * LAYERS * WIDTH * 4, bytesOfAPosition(model, KvType.F32));
      assertEquals(2L * LAYERS * WIDTH * 2, bytesOfAPosition(model, KvType.F16));
    }
  }

  @Test
  void aLatentCacheHasLatents() {
    Path file = folder.resolve("latent.rfm");
    try (Model model = Model.open(MODEL)) {
      var latent = Optional.of(KvLatent.truncation(LAYERS, WIDTH, WIDTH, 16));
      new Converter(model, ConvertOptions.LOSSLESS, InputEnergy.NONE, latent)
          .write(file, (_, _, _) -> {});
    }
    try (Model converted = Model.open(file)) {
      assertEquals(2L * LAYERS * 16 * 4, bytesOfAPosition(converted, KvType.F32));
      assertEquals(2L * LAYERS * 16 * 2, bytesOfAPosition(converted, KvType.F16));
    }
  }
}
