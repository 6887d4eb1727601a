package dev.rocmforge.bench.run;

import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Files made from records: each appears whole or not at all, and may be made again. */
public final class ReportFiles {
  private static final int LINES_AT_ONCE = 256;

  private ReportFiles() {}

  /**
   * Where the records lie that a page does not hold: {@code page.html}, {@code page-records.jsonl}.
   */
  public static Path beside(Path page) {
    String name = page.getFileName().toString().replaceFirst("\\.html?$", "");
    return page.resolveSibling(name + "-records.jsonl");
  }

  /** Writes a text; missing folders are made. */
  public static Path put(Path file, String text) {
    return put(file, writer -> writer.write(text));
  }

  /** Writes records, one a line. */
  public static Path put(Path file, List<RunRecord> records) {
    return put(
        file,
        writer -> {
          for (int from = 0; from < records.size(); from += LINES_AT_ONCE) {
            int to = Math.min(records.size(), from + LINES_AT_ONCE);
            List<String> lines =
                records.subList(from, to).parallelStream().map(RecordCodec::line).toList();
            for (String line : lines) {
              writer.write(line);
              writer.write('\n');
            }
          }
        });
  }

  private interface Content {
    void write(BufferedWriter writer) throws IOException;
  }

  private static Path put(Path file, Content content) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      try (BufferedWriter writer = Files.newBufferedWriter(part)) {
        content.write(writer);
      }
      return Files.move(
          part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw OutputPlace.refused(file, e);
    }
  }
}
