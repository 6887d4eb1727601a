package dev.rocmforge.reports.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The lines of one file as they lie on the disk. A last line without its end counts as whole when
 * it is a complete JSON value, and as torn when not. Immutable.
 */
final class JsonLines {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<String> lines;
  private final long wholeBytes;
  private final long tornBytes;
  private final boolean lacksLineEnd;

  private JsonLines(List<String> lines, long wholeBytes, long tornBytes, boolean lacksLineEnd) {
    this.lines = List.copyOf(lines);
    this.wholeBytes = wholeBytes;
    this.tornBytes = tornBytes;
    this.lacksLineEnd = lacksLineEnd;
  }

  /** Reads from the start to the size the file has now. */
  static JsonLines read(FileChannel channel) throws IOException {
    List<String> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long size = channel.size();
    long position = 0;
    while (position < size) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), size - position));
      int count = channel.read(buffer, position);
      if (count < 0) {
        break;
      }
      byte[] bytes = buffer.array();
      int start = 0;
      for (int i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, start, i - start);
          lines.add(line.toString(StandardCharsets.UTF_8));
          line.reset();
          start = i + 1;
        }
      }
      line.write(bytes, start, count - start);
      position += count;
    }
    String rest = line.toString(StandardCharsets.UTF_8);
    if (rest.isEmpty()) {
      return new JsonLines(lines, position, 0, false);
    }
    if (complete(rest)) {
      lines.add(rest);
      return new JsonLines(lines, position, 0, true);
    }
    return new JsonLines(lines, position - line.size(), line.size(), false);
  }

  private static boolean complete(String text) {
    try {
      return MAPPER.readTree(text).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  int count() {
    return lines.size();
  }

  String line(int index) {
    return lines.get(index);
  }

  /** Where the next record goes: behind the last whole line. */
  long wholeBytes() {
    return wholeBytes;
  }

  /** Whether the last line is whole but for its line feed. */
  boolean lacksLineEnd() {
    return lacksLineEnd;
  }

  Optional<History.TornLine> torn(String file) {
    return tornBytes == 0
        ? Optional.empty()
        : Optional.of(new History.TornLine(file, wholeBytes, tornBytes));
  }

  Set<ContentHash> hashes() {
    return lines.stream().map(ContentHash::of).collect(Collectors.toSet());
  }
}
