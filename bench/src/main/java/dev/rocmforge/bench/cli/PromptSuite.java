package dev.rocmforge.bench.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The project's own prompts: code, chat and prose. */
final class PromptSuite {
  private static final List<String> FILES = List.of("code.json", "chat.json", "prose.json");

  private PromptSuite() {}

  /** Texts by their ids, in order. */
  static Map<String, String> read(ModelPlaces places) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : FILES) {
      Path file = places.project().resolve("datasets/prompts").resolve(name);
      try {
        for (JsonNode prompt :
            JsonMapper.builder().build().readTree(file.toFile()).path("prompts")) {
          texts.put(prompt.path("id").textValue(), prompt.path("text").textValue());
        }
      } catch (IOException e) {
        throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return texts;
  }
}
