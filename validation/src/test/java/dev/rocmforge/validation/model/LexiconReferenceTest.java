package dev.rocmforge.validation.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.tokenizer.EncodeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The trained models against an independent forward pass in double: perplexity on held-out text and
 * greedy continuations. See the ORIGIN page beside the files.
 */
class LexiconReferenceTest {
  private static final List<Backend> BACKENDS = List.of(new ScalarBackend(), new VectorBackend(2));
  private static final SessionOptions OPTIONS = new SessionOptions(512, 256, KvType.F32);

  static Stream<Arguments> cases() {
    return BACKENDS.stream()
        .flatMap(backend -> Stream.of("draft", "tiny").map(name -> Arguments.of(backend, name)));
  }

  private static Path folder() {
    String given = System.getProperty("rocmforge.golden", "");
    return Path.of(given.isEmpty() ? "../datasets/golden" : given).resolve("models");
  }

  private static JsonNode reference(String name) throws IOException {
    return new ObjectMapper().readTree(folder().resolve("reference.json").toFile()).get(name);
  }

  private static Model open(JsonNode reference) {
    Path file = folder().resolve(reference.get("model").asText());
    assumeTrue(
        Files.exists(file),
        file + " is left out of the project for its size; ci/golden --data FOLDER has it");
    return Model.open(file);
  }

  private static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asInt();
    }
    return ids;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void continuesAsTheReference(Backend backend, String name) throws IOException {
    JsonNode greedy = reference(name).get("greedy");
    int[] expected = ids(greedy.get("next_32_tokens"));
    int[] prompt = ids(greedy.get("prompt_tokens"));
    try (Model model = open(reference(name));
        Session session = backend.open(model, OPTIONS)) {
      String text = greedy.get("prompt").asText();
      assertArrayEquals(prompt, model.tokenizer().encode(text, EncodeOptions.PLAIN));
      int[] found = new int[expected.length];
      float[] logits = session.prefill(prompt);
      for (int i = 0; i < found.length; i++) {
        found[i] = largest(logits);
        logits = session.step(found[i]);
      }
      assertArrayEquals(expected, found);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isAsSurprisedAsTheReference(Backend backend, String name) throws IOException {
    JsonNode reference = reference(name);
    try (Model model = open(reference);
        Session session = backend.open(model, OPTIONS)) {
      String text = Files.readString(folder().resolve("heldout.txt"));
      int[] tokens = model.tokenizer().encode(text, EncodeOptions.PLAIN);
      int[] first = ids(reference.get("tokens"));
      assertArrayEquals(first, Arrays.copyOf(tokens, first.length));
      Perplexity found = Perplexity.of(session, tokens, 512, 4);
      assertEquals(2048, found.predictions());
      double expected = reference.get("perplexity").asDouble();
      assertEquals(expected, found.value(), expected * 1e-3);
      // The bound above is the promise; the arithmetic is far closer.
      assertEquals(reference.get("nll_per_token").asDouble(), found.nllPerToken(), 1e-5);
    }
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    try (Model model = open(reference("draft"));
        Session session = BACKENDS.getFirst().open(model, OPTIONS)) {
      assertRefused("need 11 tokens, the text has 10", session, new int[10], 5, 2);
      assertRefused("windows of 513 tokens, the context holds 512", session, new int[10], 513, 1);
      assertRefused("at least 1 window", session, new int[10], 5, 0);
      assertEquals(2, Perplexity.windowsIn(11, 5));
      assertEquals(1, Perplexity.windowsIn(10, 5));
    }
  }

  private static void assertRefused(
      String part, Session session, int[] tokens, int window, int windows) {
    InputException refusal =
        assertThrows(InputException.class, () -> Perplexity.of(session, tokens, window, windows));
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
