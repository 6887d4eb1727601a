package dev.rocmforge.reports.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.RunRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes that end while they write: killed, or without room. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs kill -9 and ulimit")
class HistoryEndsTest {
  /** {@code -Drocmforge.kills=200} makes it as many as docs/many-machines.md reports. */
  private static final int KILLS = Integer.getInteger("rocmforge.kills", 20);

  private static final int WRITERS_A_FOLDER = 5;

  @TempDir Path folder;

  private static List<String> writer(Path folder, int first) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        EndlessWriter.class.getName(),
        folder.toString(),
        Integer.toString(first));
  }

  /**
   * Each writer goes on where the killed one was: what one said is kept stays, at most the next
   * record is there as well, and the torn line is gone with the next append.
   */
  @Test
  void aKillLosesAtMostTheRecordBeingWritten() throws Exception {
    Random random = new Random(200);
    int torn = 0;
    int ahead = 0;
    int first = 0;
    Path history = folder;
    for (int kill = 0; kill < KILLS; kill++) {
      if (kill % WRITERS_A_FOLDER == 0) {
        history = folder.resolve("history-" + kill);
        first = 0;
      }
      int said = killedAfter(history, first, 200_000 + random.nextInt(40_000_000));
      History.Contents left = History.in(history).read();
      int kept = left.records().size();
      assertTrue(kept == said || kept == said + 1, said + " said, " + kept + " kept");
      for (int i = 0; i < kept; i++) {
        assertEquals(EndlessWriter.record(i), left.records().get(i));
      }
      assertTrue(left.torn().size() <= 1, left.torn()::toString);
      torn += left.torn().size();
      ahead += kept - said;
      first = kept;
    }
    System.out.printf(
        "%d kills: %d left a torn line, %d came between the write and its word%n",
        KILLS, torn, ahead);
  }

  /** Records that the writers of this folder said they had kept, this one's included. */
  private int killedAfter(Path history, int first, int nanos) throws Exception {
    Path words = folder.resolve("words");
    Process process =
        new ProcessBuilder(writer(history, first))
            .redirectErrorStream(true)
            .redirectOutput(words.toFile())
            .start();
    while (Files.size(words) == 0 && process.isAlive()) {
      Thread.sleep(1);
    }
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    process.destroyForcibly().waitFor();
    List<String> said = Files.readAllLines(words);
    for (int i = 0; i < said.size(); i++) {
      assertEquals(Integer.toString(first + i), said.get(i), said::toString);
    }
    return first + said.size();
  }

  /** The kernel takes part of the last record and then no more: it is cut off again. */
  @Test
  void aFullDiskKeepsWhatWasWritten() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f 1000; exec \"$@\"", "x"));
    command.addAll(writer(folder, 0));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> said = process.inputReader(StandardCharsets.UTF_8).lines().toList();
    Path file = folder.resolve("runs.jsonl");
    assertEquals(file + ": record not written: File too large", said.getLast());
    History.Contents left = History.in(folder).read();
    assertTrue(left.records().size() >= 2 && left.torn().isEmpty(), left.torn()::toString);
    assertEquals(said.size() - 1, left.records().size());
    assertTrue(Files.size(file) < 1000 * 1024);
    RunRecord next = EndlessWriter.record(left.records().size());
    assertEquals(1, History.in(folder).append(next).added());
  }
}
