package dev.rocmforge.reports.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.ReportException;
import dev.rocmforge.reports.Specimens;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir Path folder;

  @Test
  void whatIsAppendedIsReadInOrderAndKeptOnce() {
    History history = History.in(folder.resolve("new").resolve("deep"));
    assertEquals(new History.Appended(1, 0, List.of()), history.append(small(1)));
    assertEquals(new History.Appended(1, 0, List.of()), history.append(small(2)));
    assertEquals(new History.Appended(0, 1, List.of()), history.append(small(1)));
    assertEquals(
        new History.Contents(List.of(small(1), small(2)), List.of(), List.of()), history.read());
  }

  /** A kill at any byte of the last line loses that record alone, and the next append heals. */
  @Test
  void aTornLastLineIsHealedWhereverItWasCut() throws IOException {
    History history = History.in(folder);
    history.append(small(1));
    Path file = folder.resolve("runs.jsonl");
    byte[] first = Files.readAllBytes(file);
    history.append(small(2));
    byte[] both = Files.readAllBytes(file);
    int lineFeed = both.length - 1;
    for (int cut = first.length; cut <= both.length; cut++) {
      Files.write(file, Arrays.copyOf(both, cut));
      boolean torn = cut > first.length && cut < lineFeed;
      List<RunRecord> left = cut >= lineFeed ? List.of(small(1), small(2)) : List.of(small(1));
      assertEquals(left, history.read().records(), "cut at " + cut);
      assertEquals(torn ? 1 : 0, history.read().torn().size(), "cut at " + cut);
      boolean edge = cut <= first.length + 2 || cut >= lineFeed - 1;
      if (!edge && cut % 40 != 0) {
        continue; // appending waits for the disk; where it matters little, a sample will do
      }
      History.Appended appended = history.append(small(3));
      assertEquals(1, appended.added());
      assertEquals(
          torn
              ? List.of(new History.TornLine("runs.jsonl", first.length, cut - first.length))
              : List.of(),
          appended.removed());
      assertEquals(left.size() + 1, history.read().records().size(), "healed after " + cut);
      assertEquals(List.of(), history.read().torn());
    }
  }

  @Test
  void zerosLeftByAPowerCutAreATornLine() throws IOException {
    History history = History.in(folder);
    history.append(small(1));
    Path file = folder.resolve("runs.jsonl");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 512));
    assertEquals(1, history.read().torn().size());
    assertEquals(1, history.append(small(2)).removed().size());
    assertEquals(List.of(small(1), small(2)), history.read().records());
  }

  @Test
  void aBadLineBeforeTheLastIsAnErrorWithItsPlace() throws IOException {
    Path file = folder.resolve("runs.jsonl");
    Files.writeString(file, RecordCodec.line(small(1)) + "\n{\"schemaVersion\":1,\n");
    ReportException error = assertThrows(ReportException.class, () -> History.in(folder).read());
    assertTrue(error.getMessage().startsWith(file + " line 2: no JSON"), error.getMessage());
  }

  @Test
  void anUnknownVersionIsRefused() throws IOException {
    Path file = folder.resolve("other.jsonl");
    Files.writeString(
        file,
        RecordCodec.line(small(1)).replace("\"schemaVersion\":1", "\"schemaVersion\":2") + "\n");
    ReportException error = assertThrows(ReportException.class, () -> History.in(folder).read());
    assertTrue(error.getMessage().contains("line 1: schema version 2, but"), error.getMessage());
  }

  @Test
  void foldersMergeByContent() {
    History here = History.in(folder.resolve("a"));
    History there = History.in(folder.resolve("b"));
    here.appendAll(List.of(small(1), small(2)));
    there.appendAll(List.of(small(2), small(3)));
    assertEquals(new History.Appended(1, 1, List.of()), here.merge(List.of(there)));
    assertEquals(new History.Appended(0, 2, List.of()), here.merge(List.of(there)));
    assertEquals(List.of(small(1), small(2), small(3)), here.read().records());
    assertEquals(2, there.read().records().size());
  }

  @Test
  void recordsInFilesOfOtherNamesCount() throws IOException {
    Files.writeString(folder.resolve("from-elsewhere.jsonl"), RecordCodec.line(small(1)) + "\n");
    History history = History.in(folder);
    assertEquals(0, history.append(small(1)).added());
    assertEquals(List.of(small(1)), history.read().records());
  }

  @Test
  void writersTakeTurns() throws Exception {
    History history = History.in(folder);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      threads
          .invokeAll(
              IntStream.range(0, 40)
                  .<java.util.concurrent.Callable<History.Appended>>mapToObj(
                      i -> () -> History.in(folder).append(small(i)))
                  .toList())
          .forEach(done -> assertEquals(1, done.resultNow().added()));
    }
    assertEquals(40, history.read().records().size());
  }

  /** The device file refuses every byte as a full disk does. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
  void aFullDiskIsOneClearError() throws IOException {
    Path file = folder.resolve("runs.jsonl");
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    ReportException error =
        assertThrows(ReportException.class, () -> History.in(folder).append(small(1)));
    assertEquals(file + ": record not written: No space left on device", error.getMessage());
  }

  @Test
  void aFileInPlaceOfTheFolderIsOneClearError() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x", StandardCharsets.UTF_8);
    ReportException error = assertThrows(ReportException.class, () -> History.in(file));
    assertTrue(error.getMessage().startsWith(file + ": no folder"), error.getMessage());
    assertFalse(error.getMessage().contains("\n"));
  }

  private static RunRecord small(int number) {
    return RunRecord.of(
        Status.partial("nothing measured, " + number),
        Specimens.subject("naïve ☃ " + number),
        Specimens.environment("host"),
        List.of(),
        List.of());
  }
}
