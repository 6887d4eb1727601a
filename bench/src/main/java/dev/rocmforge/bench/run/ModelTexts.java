package dev.rocmforge.bench.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts of the project that models are judged on. */
public final class ModelTexts {
  private ModelTexts() {}

  /** The held-out text where the project has it, else all prompts of the data set in a row. */
  public static String standard(Path project) {
    Path heldOut = project.resolve("datasets/golden/models/heldout.txt");
    if (Files.exists(heldOut)) {
      return read(heldOut);
    }
    StringBuilder text = new StringBuilder();
    for (String name : new String[] {"prose.json", "chat.json", "code.json"}) {
      Path file = project.resolve("datasets/prompts").resolve(name);
      try {
        JsonNode json = JsonMapper.builder().build().readTree(file.toFile());
        json.path("prompts")
            .forEach(prompt -> text.append(prompt.path("text").asText()).append("\n\n"));
      } catch (IOException e) {
        throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return text.toString();
  }

  /**
   * A text file.
   *
   * @throws InputException if it cannot be read as UTF-8
   */
  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
  }
}
