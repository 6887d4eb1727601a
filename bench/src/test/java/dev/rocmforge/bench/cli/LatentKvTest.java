package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.Stage;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.convert.KvCalibration;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import dev.rocmforge.validation.model.Divergence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Latent keys and values, AdaState, and what differences of positions would save. */
final class LatentKvTest {
  private static final Path PROJECT = ModelPlaces.standard().project();
  private static final Path TEXT = PROJECT.resolve("datasets/golden/models/heldout.txt");
  private static final SessionOptions OPTIONS =
      SessionOptions.DEFAULT.withContextLength(512).withKvType(KvType.F16);

  /** Tokens that are measured; those fitted to begin behind them. */
  private static final int MEASURED = 512;

  private static final int FITTED = 1536;

  @TempDir private Path folder;

  private static Model model() {
    return Model.open(PROJECT.resolve("datasets/models/lexicon-tiny-q8_0.gguf"));
  }

  private static int[] tokens(Model model) throws IOException {
    return model.tokenizer().encode(Files.readString(TEXT), EncodeOptions.PLAIN);
  }

  private static void show(Model model, int[] tokens, Probe probe) {
    try (VectorBackend backend = new VectorBackend(2);
        Session session = backend.open(model, OPTIONS, probe)) {
      for (int from = MEASURED; from < MEASURED + FITTED; from += 512) {
        session.rewind(0);
        session.forward(Arrays.copyOfRange(tokens, from, from + 512), (_, _) -> {});
      }
    }
  }

  private static KvLatent fitted(Model model, int[] tokens, int rank) {
    var calibration = new KvCalibration();
    show(model, tokens, calibration);
    return calibration.fit(rank);
  }

  /**
   * At half the width: fitted directions cost a third of the first values or less, at equal bytes.
   */
  @Test
  void principalAxesCostLessThanTruncation() throws IOException {
    try (Model model = model();
        VectorBackend backend = new VectorBackend(2)) {
      int[] tokens = tokens(model);
      KvLatent axes = fitted(model, tokens, 32);
      KvLatent first = KvLatent.truncation(model.config().layerCount(), 64, 64, 32);
      double ofAxes = divergence(backend, model, tokens, OPTIONS.withLatent(axes));
      double ofFirst = divergence(backend, model, tokens, OPTIONS.withLatent(first));
      assertTrue(ofAxes < ofFirst / 3, () -> ofAxes + " nats against " + ofFirst);
      assertTrue(ofAxes > 0.01, () -> ofAxes + " nats: half the width cannot be free");
    }
  }

  private static double divergence(
      Backend backend, Model model, int[] tokens, SessionOptions options) {
    try (Session subject = backend.open(model, options);
        Session against = backend.open(model, OPTIONS)) {
      return Divergence.of(subject, against, tokens, MEASURED, 1, false).mean();
    }
  }

  /** All directions are a change of basis, and both backends read the same latents. */
  @Test
  void allDirectionsLoseNothing() throws IOException {
    try (Model model = model();
        VectorBackend vector = new VectorBackend(2);
        ScalarBackend scalar = new ScalarBackend()) {
      int[] tokens = tokens(model);
      SessionOptions plain = OPTIONS.withKvType(KvType.F32);
      SessionOptions whole = plain.withLatent(fitted(model, tokens, 64));
      SessionOptions half = plain.withLatent(fitted(model, tokens, 32));
      int[] prompt = Arrays.copyOf(tokens, 70);
      float[] expected = logits(scalar, model, plain, prompt);
      assertNear(expected, logits(scalar, model, whole, prompt), 1e-5);
      assertNear(expected, logits(vector, model, whole, prompt), 1e-4);
      assertNear(logits(scalar, model, half, prompt), logits(vector, model, half, prompt), 1e-4);
    }
  }

  private static float[] logits(
      Backend backend, Model model, SessionOptions options, int[] prompt) {
    try (Session session = backend.open(model, options)) {
      session.prefill(prompt);
      return session.step(prompt[3]).clone();
    }
  }

  private static void assertNear(float[] expected, float[] found, double bound) {
    double apart = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      apart += Math.pow((double) expected[i] - found[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertEquals(0, Math.sqrt(apart / norm), bound);
  }

  /** The same projections in a file give the same bits. */
  @Test
  void aFileKeepsItsProjections() throws IOException {
    Path text = folder.resolve("text");
    String all = Files.readString(TEXT);
    Files.writeString(text, all.substring(all.length() / 2));
    Path file = folder.resolve("latent.rfm");
    Said.by(
            "convert",
            "lexicon-tiny-q8_0",
            file.toString(),
            "--kv-lora-dim",
            "30",
            "--calibration",
            text.toString())
        .done()
        .says("--kv-lora-dim: 30 rounded up to 32");
    try (Model plain = model();
        Model converted = Model.open(file);
        VectorBackend backend = new VectorBackend(2)) {
      int[] prompt = Arrays.copyOf(tokens(plain), 40);
      KvLatent kept = converted.file().kvLatent().orElseThrow();
      assertEquals(32, kept.layers().getFirst().keys().rank());
      assertArrayEquals(
          logits(backend, plain, OPTIONS.withLatent(kept), prompt),
          logits(backend, converted, OPTIONS, prompt));
    }
  }

  /** One token at a time or all at once; and nothing at all where nobody asks. */
  @Test
  void adaStateIsTheSameInPrefillAndDecode() throws IOException {
    try (Model model = model();
        ScalarBackend scalar = new ScalarBackend()) {
      int[] prompt = Arrays.copyOf(tokens(model), 24);
      SessionOptions on = OPTIONS.withAdaState(true);
      float[] atOnce;
      float[] oneByOne = null;
      try (Session session = scalar.open(model, on)) {
        atOnce = session.prefill(prompt).clone();
        session.rewind(0);
        for (int token : prompt) {
          oneByOne = session.step(token).clone();
        }
      }
      assertArrayEquals(atOnce, oneByOne);
      try (Session without = scalar.open(model, OPTIONS)) {
        assertFalse(Arrays.equals(atOnce, without.prefill(prompt)));
      }
    }
  }

  /** The scores' factor, from the queries that a probe sees before it is applied. */
  @Test
  void adaStateDividesByTheNormOfTheQuery() throws IOException {
    Path file = folder.resolve("ada.rfm");
    Said.by("convert", "lexicon-tiny-q8_0", file.toString(), "--adastate-anchors").done();
    try (Model model = model();
        Model asking = Model.open(file);
        ScalarBackend scalar = new ScalarBackend()) {
      int[] prompt = Arrays.copyOf(tokens(model), 12);
      Probe divides =
          (stage, layer, x, rows, cols, position) -> {
            if (stage == Stage.ROTATED_QUERY) {
              for (int head = 0; head < rows * cols / 32; head++) {
                double squares = 0;
                for (int i = 0; i < 32; i++) {
                  squares += Math.pow(x[head * 32 + i], 2);
                }
                for (int i = 0; i < 32; i++) {
                  x[head * 32 + i] /= (float) (0.1 * Math.sqrt(squares) + 0.9);
                }
              }
            }
          };
      SessionOptions plain = OPTIONS.withKvType(KvType.F32);
      try (Session expected = scalar.open(model, plain, divides);
          Session found = scalar.open(asking, plain)) {
        assertNear(expected.prefill(prompt), found.prefill(prompt), 1e-5);
      }
    }
  }

  /**
   * Why there is no frame codec: at equal error differences of neighbouring positions take less
   * than a quarter of a bit from a key's value, and add to a value's.
   */
  @Test
  void differencesOfPositionsSaveNothingToSpeakOf() throws IOException {
    try (Model model = model()) {
      var keys = new Differences(Stage.ROTATED_KEY);
      var values = new Differences(Stage.VALUE);
      show(
          model,
          tokens(model),
          (stage, layer, x, rows, cols, position) -> {
            keys.observe(stage, layer, x, rows, cols, position);
            values.observe(stage, layer, x, rows, cols, position);
          });
      String found = keys.bitsSaved() + " and " + values.bitsSaved() + " bits";
      assertTrue(keys.bitsSaved() < 0.25 && values.bitsSaved() < 0, found);
    }
  }

  /** A turbo cache of latents is none that a session has. */
  @Test
  void latentsAndCodesAreNotAskedForTogether() {
    Said.by(
            "convert",
            "lexicon-tiny-q8_0",
            folder.resolve("both.rfm").toString(),
            "--kv-lora-dim=32",
            "--kv-quant-bits=3",
            "--calibration",
            TEXT.toString())
        .refused(ExitCode.FAILED, "one of both needed, both given");
  }

  @Test
  void theFrameCodecIsRefused() {
    Said.by("convert", "lexicon-tiny-q8_0", folder.resolve("f.rfm").toString(), "--kv-frame-codec")
        .refused(
            ExitCode.FAILED,
            "--kv-frame-codec: differences of neighbouring positions save less than a quarter of a"
                + " bit");
  }
}
