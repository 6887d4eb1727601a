package dev.rocmforge.reports.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.Histories;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 10,000 records of 14 kB become a page in a JVM of their own. */
class LargeHistoryTest {
  private static final int RECORDS = 10_000;

  /** Of all threads: 10 s on two processors, however many others share them. */
  private static final double MOST_CPU_SECONDS = 20;

  private static final long MOST_PAGE_BYTES = 5_000_000;

  @TempDir private Path folder;

  @Test
  void aPageOfTenThousandRecords() throws IOException, InterruptedException {
    Path history = Files.createDirectory(folder.resolve("history"));
    try (Writer writer = Files.newBufferedWriter(history.resolve("runs.jsonl"))) {
      Histories.of(RECORDS, 4, 4, 10, 128, 0).parallelStream()
          .map(RecordCodec::line)
          .forEachOrdered(line -> write(writer, line + "\n"));
    }
    assertTrue(Files.size(history.resolve("runs.jsonl")) > 140_000_000, "records of real size");
    Path page = folder.resolve("page.html");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx800m",
                "-cp",
                System.getProperty("java.class.path"),
                Maker.class.getName(),
                history.toString(),
                page.toString())
            .inheritIO()
            .start();
    assertTrue(process.waitFor(300, TimeUnit.SECONDS), "ended");
    assertEquals(0, process.exitValue(), "a heap of 800 MiB is enough");
    List<String> said = Files.readAllLines(folder.resolve("page.html.said"));
    assertTrue(Double.parseDouble(said.getFirst()) < MOST_CPU_SECONDS, said::toString);
    assertTrue(Files.size(page) < MOST_PAGE_BYTES, () -> page.toFile().length() + " bytes");
    assertTrue(Files.readString(page).contains("10000 runs on 4 machines"));
  }

  private static void write(Writer writer, String line) {
    try {
      writer.write(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the page and says how many seconds all processors spent. */
  static final class Maker {
    private Maker() {}

    public static void main(String[] arguments) throws IOException {
      History history = History.in(Path.of(arguments[0]));
      Report report =
          new Report(history.read().records(), List.of(), List.of(), 6, Optional.empty());
      Files.writeString(Path.of(arguments[1]), Html.page(report));
      double seconds =
          ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
      Files.writeString(Path.of(arguments[1] + ".said"), seconds + "\n");
    }
  }
}
