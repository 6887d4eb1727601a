package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report}, {@code compare}, {@code hardware} and {@code reproduce} on kept records. */
class ReportPagesTest {
  private static final Path RECORDS = Path.of("../docs/records");
  private static final String SMALL =
      RECORDS.resolve("h100/bench-qwen2.5-0.5b-q4_0-synthetic-20261122-221529.json").toString();
  private static final String LARGE =
      RECORDS.resolve("h100/bench-qwen2.5-7b-q4_0-synthetic-20261122-221733.json").toString();

  @TempDir private Path folder;

  @Test
  void aPageWithItsOtherRecordsBesideIt() throws IOException {
    Path history = folder.resolve("history");
    for (String file : List.of(SMALL, LARGE)) {
      History.in(history).append(RecordCodec.read(file, Files.readString(Path.of(file))));
    }
    Path page = folder.resolve("pages/all.html");
    Path summary = folder.resolve("pages/all.md");
    String[] words = {
      "report",
      history.toString(),
      "--html",
      page.toString(),
      "--markdown",
      summary.toString(),
      "--show",
      "1",
      "--kernel-speeds",
      RECORDS.resolve("h100/gemv-q8-h100-20261122.tsv").toString()
    };
    assertEquals(page + "\n" + summary + "\n", Said.by(words).done().out());
    String first = Files.readString(page);
    assertTrue(first.contains("href=\"all-records.jsonl\""), "the link to the rest");
    assertEquals(1, Files.readAllLines(page.resolveSibling("all-records.jsonl")).size());
    assertTrue(first.contains("q4_0/gemv_q8"), "kernel speeds");
    assertTrue(Files.readString(summary).startsWith("2 runs, 4 series; worst news first.\n"));
    Said.by(words).done();
    assertEquals(first, Files.readString(page), "made again, the same bytes");
  }

  @Test
  void withoutAFileTheSummaryIsPrinted() {
    assertTrue(Said.by("report", SMALL).done().out().contains("| first run |"));
    Said.by("report").refused(ExitCode.USAGE, "a folder, a record or a command needed");
    Said.by("report", folder.resolve("none.json").toString())
        .refused(ExitCode.FAILED, "none.json: cannot be read");
  }

  @Test
  void checksOfKernelsMakeAPage() throws IOException {
    Path checks = folder.resolve("checks.jsonl");
    Files.writeString(
        checks,
        "{\"name\":\"kernel"
            + " q4_0/gemv:COLS=32:w32:random:1\",\"verdict\":\"passed\",\"reason\":null,\"figures\":[{\"name\":\"largest"
            + " error / bound\",\"value\":0.25,\"limit\":1.0,\"unit\":\"\"}]}\n");
    Path page = folder.resolve("kernels.html");
    Said.by("report", "--kernel-checks", checks.toString(), "--html", page.toString()).done();
    assertTrue(Files.readString(page).contains("q4_0/gemv: 0.25"));
    Files.writeString(checks, "{\"name\":1}\n");
    Said.by("report", "--kernel-checks", checks.toString(), "--html", page.toString())
        .refused(ExitCode.FAILED, "checks.jsonl line 1");
  }

  @Test
  void comparisonsAndRefusals() {
    Path page = folder.resolve("compare.html");
    Said same = Said.by("compare", SMALL, SMALL, "--html", page.toString()).done();
    assertTrue(same.out().contains("| same |"), same::toString);
    assertTrue(Files.exists(page));
    Said other = Said.by("compare", SMALL, LARGE);
    assertEquals(ExitCode.FAILED.code(), other.code());
    assertTrue(other.out().contains("model bytes: 099857f56b72 and 1c04c04535cc"), other::toString);
  }

  @Test
  void machinesAreRankedByTheSameWork() throws IOException {
    RunRecord run = RecordCodec.read(SMALL, Files.readString(Path.of(SMALL)));
    String second = RecordCodec.line(run).replace("\"host\":\"vm\"", "\"host\":\"other\"");
    Path file = Files.writeString(folder.resolve("other.json"), second);
    Path page = folder.resolve("hardware.html");
    Said ranked =
        Said.by("hardware", SMALL, LARGE, file.toString(), "--html", page.toString()).done();
    assertTrue(ranked.out().contains(", other, 1 thread"), ranked::toString);
    assertTrue(ranked.out().contains("| refused |"), ranked::toString);
    assertTrue(Files.readString(page).contains("specified by the maker"));
    assertEquals(ExitCode.FAILED.code(), Said.by("hardware", LARGE).code());
  }

  @Test
  void whatIsMissingToReproduceIsNamed() {
    Said.by("reproduce", "--only", "7b", "--out", folder.toString())
        .refused(ExitCode.ENVIRONMENT, "models pull qwen2.5-7b-instruct-f16", "--synthetic");
    Said.by("reproduce", "--only", "13b").refused(ExitCode.USAGE, "05b-graph, 05b-plain or 7b");
    Said.by("reproduce", "--only", "05b-plain", "-m", "05b=nowhere.gguf")
        .refused(ExitCode.FAILED, "--model 05b=nowhere.gguf: no such file");
  }

  @Test
  void documentedAndMeasuredStandSideBySide() throws Exception {
    Said said =
        GpuProcess.run(
                Map.of("XDG_RUNTIME_DIR", folder.toString()),
                "reproduce",
                "--only",
                "05b-plain",
                "-m",
                "05b=../datasets/models/lexicon-draft-q8_0.gguf",
                "--runs",
                "2",
                "--tokens",
                "3",
                "--out",
                folder.resolve("out").toString())
            .done();
    assertTrue(said.out().contains("| 486.0 |"), said::toString);
    assertTrue(said.out().contains("A trial: 2 runs of 3 tokens, documented are 5 of 128"));
    assertTrue(said.out().contains("device runtime cpu-emulation, which is no AMD card"));
    String page = Files.readString(folder.resolve("out/reproduce.html"));
    assertTrue(
        page.contains("ROCMFORGE_DISABLE_DECODE_GRAPH"), "the variable was set and recorded");
    assertTrue(page.contains("Emulated device."));
    assertFalse(page.contains("<script"));
  }
}
