package dev.rocmforge.reports.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.rocmforge.reports.ReportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The annotations of a history folder: {@code annotations.ndjson}, one a line, only ever appended
 * to. Torn last lines are passed over as in the history itself.
 */
public final class Annotations {
  /** Not {@code .jsonl}: those files hold runs. */
  public static final String FILE = "annotations.ndjson";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private final Path file;

  private Annotations(Path file) {
    this.file = file;
  }

  public static Annotations in(Path folder) {
    return new Annotations(folder.resolve(FILE));
  }

  /**
   * In the order written; none where there is no file.
   *
   * @throws ReportException naming file and line of what is no annotation
   */
  public List<Annotation> read() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      JsonLines lines = JsonLines.read(channel);
      List<Annotation> annotations = new ArrayList<>();
      for (int i = 0; i < lines.count(); i++) {
        annotations.add(parsed(file + " line " + (i + 1), lines.line(i)));
      }
      return List.copyOf(annotations);
    } catch (IOException e) {
      throw new ReportException(file + ": annotations not readable: " + e.getMessage(), e);
    }
  }

  private static Annotation parsed(String place, String line) {
    try {
      return MAPPER.readValue(line, Annotation.class);
    } catch (JsonProcessingException e) {
      String why =
          e.getCause() instanceof ReportException told ? told.getMessage() : e.getOriginalMessage();
      throw new ReportException(place + ": " + why, e);
    }
  }

  /** The line is on the disk when this returns. */
  public void append(Annotation annotation) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        channel.lock();
        JsonLines own = JsonLines.read(channel);
        String text =
            (own.lacksLineEnd() ? "\n" : "") + MAPPER.writeValueAsString(annotation) + "\n";
        channel.truncate(own.wholeBytes());
        ByteBuffer bytes = ByteBuffer.wrap(JsonLines.bytes(text));
        while (bytes.hasRemaining()) {
          channel.write(bytes, own.wholeBytes() + bytes.position());
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw new ReportException(file + ": annotation not written: " + e.getMessage(), e);
    }
  }

  /** From when on runs of a workload count: the latest annotation that concerns it. */
  public static Optional<Instant> since(List<Annotation> annotations, String workload) {
    return annotations.stream()
        .filter(annotation -> annotation.concerns(workload))
        .map(Annotation::since)
        .max(Instant::compareTo);
  }
}
