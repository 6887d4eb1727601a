package dev.rocmforge.engine.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.compress.Projection;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projections in a file that a session cannot act on. */
class LatentFileTest {
  private static final KvLatent.Layer WIDE =
      new KvLatent.Layer(Projection.truncation(16, 4), Projection.truncation(16, 4));

  @TempDir private Path folder;

  private Path written(KvLatent latent) {
    Path out = folder.resolve("latent.rfm");
    try (Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      new Converter(model, ConvertOptions.LOSSLESS, InputEnergy.NONE, Optional.of(latent))
          .write(out, (tensor, done, total) -> {});
    }
    return out;
  }

  private static void assertRefused(Path file, String words) {
    try (Model model = Model.open(file)) {
      InputException refused = assertThrows(InputException.class, () -> model.file().kvLatent());
      assertTrue(refused.getMessage().contains(words), refused::getMessage);
    }
  }

  @Test
  void layersMustBeAlike() {
    KvLatent.Layer narrow =
        new KvLatent.Layer(Projection.truncation(16, 3), Projection.truncation(16, 4));
    assertRefused(written(new KvLatent(List.of(WIDE, narrow))), "keys 16 to 4 and 16 to 3 found");
  }

  @Test
  void valuesMustBeFinite() {
    float[] mean = new float[16];
    mean[5] = Float.NaN;
    KvLatent.Layer spoilt =
        new KvLatent.Layer(new Projection(1, mean, new float[16]), Projection.truncation(16, 1));
    assertRefused(
        written(new KvLatent(List.of(spoilt))),
        "kv_latent.0.keys.mean: value 5: a finite number needed, NaN found");
  }

  @Test
  void projectionsOfAnotherModelDoNotFit() {
    try (Model model = Model.open(written(new KvLatent(List.of(WIDE))));
        Backend scalar = new ScalarBackend()) {
      assertEquals(1, model.file().kvLatent().orElseThrow().layers().size());
      InputException refused =
          assertThrows(
              InputException.class, () -> scalar.open(model, SessionOptions.DEFAULT).close());
      assertTrue(refused.getMessage().contains("latent KV of "), refused::getMessage);
    }
  }
}
