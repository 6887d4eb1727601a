package dev.rocmforge.engine.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.gguf.GgufTensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorFormTest {
  private static final Path LEXICON = Path.of("../datasets/models/lexicon-tiny-q4_0.gguf");
  private static final int[] TOKENS = {5, 900, 17, 33, 2048, 7};

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"kept", "Q4_0", "Mq4", "Mq6", "svd16", "csr0.1", "svd8+csr0.05", "mpo64"})
  void wordsAreRead(String word) {
    TensorForm form = TensorForm.parse(word);
    assertEquals(word, form.word());
    assertEquals(form, TensorForm.parse(word.toLowerCase(java.util.Locale.ROOT)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Q9_0", "IQ4_NL", "svd", "svd0", "mpo8+csr0.1", "svd8csr0.1", "csr1", "+"})
  void otherWordsAreRefused(String word) {
    var refused = assertThrows(InputException.class, () -> TensorForm.parse(word));
    assertTrue(refused.getMessage().contains(word + " given"), refused.getMessage());
  }

  /** A model with edited tensors, in memory and through a file: the same bytes, the same bits. */
  @ParameterizedTest
  @ValueSource(strings = {"Q8_0", "Q5_0", "Mq4", "Mq6", "svd4", "csr0.2", "svd4+csr0.1", "mpo48"})
  void editsInMemoryAreThoseOfAFile(String word) {
    TensorForm form = TensorForm.parse(word);
    Path file = folder.resolve("one.rfm");
    try (Model model = Model.open(LEXICON);
        VectorBackend backend = new VectorBackend(2)) {
      Map<String, EncodedTensor> edits = new HashMap<>();
      for (GgufTensor tensor : model.file().tensors()) {
        OptionalLong most = form.bytes(tensor);
        boolean some = tensor.name().matches("(blk\\.[02]\\.(attn_q|ffn_down)|token_embd).*");
        if (TensorForm.open(tensor) && some && most.isPresent()) {
          EncodedTensor encoded = form.encode(DenseSource.of(tensor), Factoring.PLAIN);
          assertTrue(encoded.bytes() <= most.getAsLong(), tensor.name());
          assertTrue(encoded.bytes() >= 0.99 * most.getAsLong(), tensor.name());
          edits.put(tensor.name(), encoded);
        }
      }
      assertTrue(edits.size() >= 2);
      new Converter(
              model,
              tensor ->
                  Optional.ofNullable(edits.get(tensor.name()))
                      .orElseGet(() -> TensorForm.kept(tensor)))
          .write(file, (_, _, _) -> {});
      float[] expected = logits(backend, model);
      float[] edited;
      try (Model variant = Model.of(new EditedFile(model.file(), edits))) {
        edited = logits(backend, variant);
      }
      try (Model written = Model.open(file)) {
        assertArrayEquals(logits(backend, written), edited);
      }
      assertTrue(!java.util.Arrays.equals(expected, edited), "the edits changed nothing");
    }
  }

  private static float[] logits(VectorBackend backend, Model model) {
    try (Session session = backend.open(model, SessionOptions.DEFAULT.withContextLength(16))) {
      return session.prefill(TOKENS).clone();
    }
  }

  /** By hand from what the probe was shown. */
  @Test
  void energyIsTheMeanSquareOfInputs() {
    try (Model model = Model.open(LEXICON);
        VectorBackend backend = new VectorBackend(1)) {
      InputEnergy energy = new InputEnergy();
      double[] expected = new double[model.config().embeddingLength()];
      dev.rocmforge.engine.Probe probe =
          (stage, layer, values, rows, cols, position) -> {
            energy.observe(stage, layer, values, rows, cols, position);
            if (stage == dev.rocmforge.engine.Stage.ATTENTION_NORM && layer == 1) {
              for (int i = 0; i < rows * cols; i++) {
                expected[i % cols] += (double) values[i] * values[i] / TOKENS.length;
              }
            }
          };
      try (Session session =
          backend.open(model, SessionOptions.DEFAULT.withContextLength(16), probe)) {
        session.prefill(TOKENS);
      }
      for (String name : List.of("blk.1.attn_q.weight", "blk.1.attn_v.weight")) {
        GgufTensor tensor = model.file().tensor(name).orElseThrow();
        assertArrayEquals(expected, energy.of(tensor).orElseThrow(), 1e-9);
        assertTrue(InputEnergy.NONE.of(tensor).isEmpty());
      }
      GgufTensor down = model.file().tensor("blk.0.ffn_down.weight").orElseThrow();
      assertEquals(down.cols(), energy.of(down).orElseThrow().length);
    }
  }
}
