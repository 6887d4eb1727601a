package dev.rocmforge.bench.run;

import dev.rocmforge.reports.format.Html;
import dev.rocmforge.reports.record.ModelFile;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The files of one run.
 *
 * @param record the JSON record
 * @param page the HTML page made from it
 */
public record BenchFiles(Path record, Path page) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /**
   * Writes record and page side by side and appends the record to the folder's history. A file
   * appears whole or not at all, and none is ever replaced.
   *
   * @throws dev.rocmforge.engine.InputException naming the file that could not be written
   */
  public static BenchFiles write(RunRecord record, Path folder) {
    String model =
        record.subject().model().equals(ModelFile.NONE)
            ? "operations"
            : record.subject().model().fileName().replaceFirst("\\.gguf$", "");
    String stem = "bench-%s-%s".formatted(model, TIME.format(record.environment().timestamp()));
    int copy = 1;
    String name = stem;
    while (Files.exists(folder.resolve(name + ".json"))) {
      name = stem + "-" + ++copy;
    }
    Path json = put(folder.resolve(name + ".json"), RecordCodec.pretty(record));
    // What cannot be made again is written first.
    History.in(folder).append(record);
    Path page = put(folder.resolve(name + ".html"), Html.page(record));
    return new BenchFiles(json, page);
  }

  private static Path put(Path file, String text) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(part, text);
      return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
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
