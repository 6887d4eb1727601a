package dev.rocmforge.bench.pareto;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a search has measured so far: a file of one JSON object a line, the first of which says what
 * was measured on. Each line is written as soon as it is known; a torn last one is measured again.
 * Numbers come back to the last bit. Safe for several threads.
 */
public final class Measurements implements AutoCloseable {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path file;
  private final FileChannel channel;
  private final Map<String, double[]> values;

  private Measurements(Path file, FileChannel channel, Map<String, double[]> values) {
    this.file = file;
    this.channel = channel;
    this.values = values;
  }

  /**
   * Opens or begins a file.
   *
   * @param subject model, text and method in one word; measurements of another are refused
   * @throws InputException if the file is of another subject, damaged before its last line, or
   *     cannot be written
   */
  public static Measurements open(Path file, String subject) {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      Map<String, double[]> values = new HashMap<>();
      int number = 0;
      for (String line : whole.lines().toList()) {
        JsonNode node = node(file, ++number, line);
        if (number == 1) {
          checkSubject(file, subject, node.path("subject").asText());
        } else {
          values.put(node.path("key").asText(), values(file, number, node.path("values")));
        }
      }
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      long kept = whole.getBytes(StandardCharsets.UTF_8).length;
      channel.truncate(kept).position(kept);
      var measurements = new Measurements(file, channel, values);
      if (whole.isEmpty()) {
        measurements.append(MAPPER.createObjectNode().put("subject", subject));
      }
      return measurements;
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }

  private static JsonNode node(Path file, int number, String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s line %d: JSON needed: %s".formatted(file, number, e.getOriginalMessage()), e);
    }
  }

  private static void checkSubject(Path file, String subject, String found) {
    if (!found.equals(subject)) {
      throw new InputException(
          "%s: measurements of %s needed, of %s found; another --out or an empty one needed"
              .formatted(file, subject, found.isEmpty() ? "nothing known" : found));
    }
  }

  private static double[] values(Path file, int number, JsonNode node) {
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      if (!node.get(i).isNumber()) {
        throw new InputException(
            "%s line %d: values: numbers needed, %s found".formatted(file, number, node.get(i)));
      }
      values[i] = node.get(i).doubleValue();
    }
    return values;
  }

  /** How many there are. */
  public synchronized int size() {
    return values.size();
  }

  /** What was measured under a key. */
  public synchronized Optional<double[]> find(String key) {
    return Optional.ofNullable(values.get(key)).map(double[]::clone);
  }

  /**
   * What was measured under a key, measured now where it was not.
   *
   * @param measure finite numbers
   */
  public double[] get(String key, Supplier<double[]> measure) {
    Optional<double[]> found = find(key);
    if (found.isPresent()) {
      return found.get();
    }
    double[] measured = measure.get();
    var line = MAPPER.createObjectNode().put("key", key);
    var array = line.putArray("values");
    for (double value : measured) {
      if (!Double.isFinite(value)) {
        throw new InputException(key + ": a finite number needed, " + value + " measured");
      }
      array.add(value);
    }
    synchronized (this) {
      values.put(key, measured.clone());
      append(line);
    }
    return measured;
  }

  private void append(JsonNode line) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }
}
