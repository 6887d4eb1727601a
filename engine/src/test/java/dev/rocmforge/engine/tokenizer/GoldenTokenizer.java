package dev.rocmforge.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.gguf.GgufFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The reference tokenizer data: the folder {@code tokenizer} of {@code -Drocmforge.golden=DIR},
 * where the vocabulary is a GGUF file, or else the project's own copy, where the merges stand for
 * it.
 */
final class GoldenTokenizer {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String GIVEN = System.getProperty("rocmforge.golden", "");
  private static final Path FOLDER =
      GIVEN.isEmpty()
          ? Path.of("..", "datasets", "golden", "tokenizer")
          : Path.of(GIVEN, "tokenizer");

  private static final Tokenizer QWEN = Tokenizer.of(vocabulary());

  private GoldenTokenizer() {}

  static Tokenizer qwen() {
    return QWEN;
  }

  static JsonNode json(String file) {
    try {
      return MAPPER.readTree(FOLDER.resolve(file).toFile());
    } catch (IOException e) {
      throw new AssertionError(FOLDER.resolve(file).toString(), e);
    }
  }

  static Vocabulary vocabulary() {
    Path gguf = FOLDER.resolve("qwen2.5-vocab.gguf");
    if (Files.exists(gguf)) {
      try (GgufFile file = GgufFile.open(gguf)) {
        return Vocabulary.of(file.metadata()).orElseThrow();
      }
    }
    JsonNode facts = json("qwen2.5.json");
    List<String> merges = merges();
    List<String> tokens = new ArrayList<>(alphabet());
    merges.forEach(rule -> tokens.add(rule.replaceFirst(" ", "")));
    List<Integer> types = new ArrayList<>(Collections.nCopies(tokens.size(), 1));
    for (JsonNode added : facts.get("added")) {
      tokens.add(added.get("token").asText());
      types.add(added.get("type").asInt());
    }
    return new Vocabulary(
        "qwen2.5.json",
        facts.get("model").asText(),
        Optional.of(facts.get("pre").asText()),
        tokens,
        types,
        merges,
        Map.of("bos", facts.get("bos").asInt(), "eos", facts.get("eos").asInt()),
        Optional.of(facts.get("addBos").asBoolean()),
        Optional.empty(),
        Optional.empty());
  }

  /** The 256 letters: printable Latin-1 ascending, then the rest, as the vocabulary has them. */
  private static List<String> alphabet() {
    List<String> letters = new ArrayList<>();
    for (int c = 0; c < 256 + 68; c++) {
      boolean printable = (c >= 33 && c <= 126) || (c >= 161 && c <= 255 && c != 173) || c >= 256;
      if (printable) {
        letters.add(Character.toString(c));
      }
    }
    return letters;
  }

  private static List<String> merges() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FOLDER.resolve("qwen2.5-merges.txt.gz"))),
                StandardCharsets.UTF_8))) {
      List<String> rules = new ArrayList<>();
      for (String rule; (rule = reader.readLine()) != null; ) {
        rules.add(rule);
      }
      return rules;
    } catch (IOException e) {
      throw new AssertionError("qwen2.5-merges.txt.gz", e);
    }
  }
}
