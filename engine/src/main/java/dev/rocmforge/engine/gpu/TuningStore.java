package dev.rocmforge.engine.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Launch shapes found by measuring, one JSON file for a device and runtime. Written beside and
 * moved into place; the last of several processes wins, and nothing is lost that cannot be measured
 * again.
 */
final class TuningStore {
  /**
   * A shape that was found.
   *
   * @param kernel hash of the kernel's source, headers and options; for another it does not hold
   * @param group rows or pairs of a group of waves
   * @param tableMicros device time in the table's shape
   * @param micros device time in this one
   */
  record Entry(
      String operation,
      QuantType type,
      int rows,
      int columns,
      String kernel,
      int threads,
      int share,
      int group,
      double tableMicros,
      double micros) {
    static Entry of(MatrixProduct product, String kernel, Autotuner.Finding found) {
      LaunchShape shape = found.shape();
      return new Entry(
          product.operation(),
          product.type(),
          product.rows(),
          product.columns(),
          kernel,
          shape.threads(),
          shape.share(),
          shape.rows(),
          found.tableMicros(),
          found.micros());
    }

    MatrixProduct product() {
      return new MatrixProduct(operation, type, rows, columns);
    }

    LaunchShape shape() {
      return new LaunchShape(threads, share, group, false);
    }
  }

  /** What lies in the file. */
  private record Content(
      @JsonProperty("device") List<String> device, @JsonProperty("shapes") List<Entry> shapes) {}

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final List<String> device;
  private final int wave;

  /**
   * @param folder of all devices' files
   * @param device names the device and its runtime
   * @param wave lanes, which decide on the shapes that are legal
   */
  TuningStore(Path folder, List<String> device, int wave) {
    this.file = folder.resolve(CodeStore.key(device).substring(0, 32) + ".json");
    this.device = List.copyOf(device);
    this.wave = wave;
  }

  Path file() {
    return file;
  }

  /**
   * What was found before; a damaged file is as none.
   *
   * @param lines receives what is wrong with it
   */
  Map<MatrixProduct, Entry> read(Consumer<String> lines) {
    Map<MatrixProduct, Entry> entries = new LinkedHashMap<>();
    try {
      Content content = MAPPER.readValue(Files.readString(file), Content.class);
      if (content == null || !device.equals(content.device()) || content.shapes() == null) {
        throw new IllegalArgumentException("another device or nothing found");
      }
      for (Entry entry : content.shapes()) {
        if (!entry.shape().legal(entry.operation(), wave)) {
          throw new IllegalArgumentException(entry.product() + ": no launch: " + entry.shape());
        }
        entries.put(entry.product(), entry);
      }
      return entries;
    } catch (NoSuchFileException absent) {
      return Map.of();
    } catch (JsonProcessingException e) {
      damaged(lines, e.getOriginalMessage());
    } catch (IllegalArgumentException | NullPointerException e) {
      damaged(lines, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      damaged(lines, "cannot be read: " + e.getMessage());
    }
    return Map.of();
  }

  private void damaged(Consumer<String> lines, String reason) {
    String first = reason.lines().findFirst().orElse("");
    lines.accept("[Autotune] " + file + ": not used, tuning begins anew: " + first);
  }

  void write(Map<MatrixProduct, Entry> entries) {
    try {
      Files.createDirectories(file.getParent());
      Path written = Files.createTempFile(file.getParent(), "tuning", ".part");
      try {
        Content content = new Content(device, List.copyOf(entries.values()));
        MAPPER.writerWithDefaultPrettyPrinter().writeValue(written.toFile(), content);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new EnvironmentException(file + ": cannot be written", e);
    }
  }
}
