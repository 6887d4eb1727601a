package dev.rocmforge.engine.cpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A model with logits computed elsewhere; see the ORIGIN page beside the files. */
public record Oracle(String name, Path model, List<Run> runs) {
  /**
   * One token sequence and the logits of its last positions.
   *
   * @param firstPosition position of the first row of logits
   * @param logits one row a position
   */
  public record Run(List<Integer> tokens, int firstPosition, List<float[]> logits) {
    public int[] ids() {
      return tokens.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** The golden folder: the project's own, or the one that {@code -Drocmforge.golden} names. */
  public static Path folder() {
    String given = System.getProperty("rocmforge.golden", "");
    return Path.of(given.isEmpty() ? "../datasets/golden" : given).resolve("oracle");
  }

  public static List<Oracle> all() {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(Oracle::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Oracle named(String name) {
    return read(folder().resolve(name + ".json"));
  }

  private static Oracle read(Path description) {
    try {
      JsonNode json = new ObjectMapper().readTree(description.toFile());
      Path folder = description.getParent();
      byte[] bytes = Files.readAllBytes(folder.resolve(json.get("logits").asText()));
      List<Run> runs = new ArrayList<>();
      for (JsonNode run : json.get("runs")) {
        List<Integer> tokens = new ArrayList<>();
        run.get("tokens").forEach(token -> tokens.add(token.asInt()));
        int vocabulary = run.get("vocab").asInt();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(run.get("byte_offset").asInt());
        List<float[]> logits = new ArrayList<>();
        for (int row = 0; row < run.get("rows").asInt(); row++) {
          float[] values = new float[vocabulary];
          for (int i = 0; i < vocabulary; i++) {
            values[i] = buffer.getFloat();
          }
          logits.add(values);
        }
        runs.add(new Run(tokens, run.get("first_position").asInt(), logits));
      }
      String model = json.get("model").asText();
      return new Oracle(model.replace(".gguf", ""), folder.resolve(model), runs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
