package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rocmforge.reports.format.exchange.ExchangeFormat;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir private Path folder;

  private String folder(String name) {
    return folder.resolve(name).toString();
  }

  private Said bench(String out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("bench", "-m", "lexicon-draft-q8_0", "-r", "1", "--warmup", "0", "--no-check"));
    words.addAll(List.of("-p", "4,5", "-n", "2", "-t", "1", "--out", folder(out)));
    words.addAll(List.of(more));
    return Said.by(words.toArray(String[]::new)).done();
  }

  private List<RunRecord> records(String name) {
    return History.in(folder.resolve(name)).read().records();
  }

  /** As on many machines: each runs its part, then the parts come together. */
  @Test
  void shardsOfARunMergeToTheWhole() throws IOException {
    bench("1", "--shard", "1/2").says("Shard 1/2: 2 of 3 workloads");
    bench("2", "--shard", "2/2").says("Shard 2/2: 1 of 3 workloads");
    assertEquals(
        List.of("pp4", "tg2"),
        records("1").getFirst().measurements().stream().map(m -> m.workload().name()).toList());
    assertEquals("pp5", records("2").getFirst().measurements().getFirst().workload().name());
    Said.by("report", "merge", folder("1"), folder("2"), folder("1"), "--out", folder("all"))
        .done()
        .prints(folder("all") + ": 2 records added, 1 known");
    List<RunRecord> both = new ArrayList<>(records("1"));
    both.addAll(records("2"));
    assertEquals(both, records("all"));
    Said.by("report", "merge", folder("2"), "-o", folder("all"))
        .done()
        .prints("0 records added, 1 known");
    Path torn = folder.resolve("2").resolve("runs.jsonl");
    Files.writeString(torn, "{\"schemaVer", StandardOpenOption.APPEND);
    Said.by("report", "merge", folder("2"), "-o", folder("all"))
        .done()
        .says("Torn: runs.jsonl at byte " + (Files.size(torn) - 11) + ", 11 bytes");
  }

  /** More machines than work is no failure: the one without work leaves nothing. */
  @Test
  void aShardWithoutWorkIsDone() {
    Said said = bench("4", "--shard", "4/4").says("Shard 4/4: 0 of 3 workloads");
    assertEquals("", said.out());
    assertFalse(Files.exists(folder.resolve("4")));
  }

  /** Out in every format and in again: what holds samples brings them back. */
  @Test
  void everyFormatGoesOutAndIn() throws IOException {
    bench("runs");
    for (ExchangeFormat format : ExchangeFormat.values()) {
      String file = folder(format.word() + ".txt");
      Said.by("report", "export", folder("runs"), "-f", format.word(), "-o", file).done();
      Said shown = Said.by("report", "export", folder("runs"), "--format", format.word()).done();
      assertEquals(Files.readString(Path.of(file)), shown.out());
      Said.by("report", "import", file, "-f", format.word(), "-o", folder("in"))
          .done()
          .prints(format.word() + ".txt, " + format.word() + ":", "not there: ", "1 files added");
      Said.by("report", "import", file, "-f", format.word(), "-o", folder("in"))
          .done()
          .prints("0 files added, 1 known");
    }
    History.Contents contents = History.in(folder.resolve("in")).read();
    assertEquals(List.of(), contents.records());
    assertEquals(ExchangeFormat.values().length, contents.imported().size());
    Said.by("report", "merge", folder("in"), folder("runs"), "-o", folder("all"))
        .done()
        .prints(ExchangeFormat.values().length + 1 + " records added");
    Said.by("report", "export", folder("in"), "-f", "jmh").refused(ExitCode.FAILED, "none found");
    Said.by("report", "export", folder("in"), "-f", "xml")
        .refused(ExitCode.USAGE, "llama-bench-csv", "'xml'");
    Said.by("report", "import", folder("jmh.txt"), "-f", "bencher", "-o", folder("in"))
        .refused(ExitCode.FAILED, "jmh.txt: an object needed");
  }

  @Test
  void wrongShardsAndFoldersAreRefused() {
    Said.by("bench", "--shard", "3/2").refused(ExitCode.USAGE, "--shard", "3/2");
    Said.by("report", "merge", folder("none"), "-o", folder("all"))
        .refused(ExitCode.FAILED, folder("none"), "none found");
    assertFalse(Files.exists(folder.resolve("none")));
  }
}
