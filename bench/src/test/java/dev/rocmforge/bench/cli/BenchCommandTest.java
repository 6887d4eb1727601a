package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.CheckVerdict;
import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir private Path folder;

  private Said bench(String... more) {
    List<String> words =
        new ArrayList<>(List.of("bench", "-m", "lexicon-draft-q8_0", "--out", folder.toString()));
    words.addAll(List.of(more));
    return Said.by(words.toArray(String[]::new));
  }

  /** The last two lines are record and page. */
  private static RunRecord record(Said said) throws IOException {
    List<String> last = said.lines().subList(said.lines().size() - 2, said.lines().size());
    String page = Files.readString(Path.of(last.get(1)));
    assertTrue(last.get(1).endsWith(".html") && page.startsWith("<!DOCTYPE html>"), last::toString);
    return RecordCodec.read(last.get(0), Files.readString(Path.of(last.get(0))));
  }

  @Test
  void measuresWhatWasAskedAndWritesRecordPageAndHistory() throws IOException {
    Said said =
        bench("-p", "32,48", "-n", "4", "-d", "0,16", "-r", "2", "--warmup", "1", "-t", "1,2");
    RunRecord record = record(said.done());
    assertEquals(
        List.of("pp32", "pp48", "tg4", "pp32 @ d16", "pp48 @ d16", "tg4 @ d16"),
        record.measurements().stream().limit(6).map(m -> m.workload().name()).toList());
    assertEquals(12, record.measurements().size());
    assertEquals(1, record.measurements().getFirst().workload().threads());
    assertEquals(2, record.measurements().getLast().workload().threads());
    for (Measurement m : record.measurements()) {
      assertEquals(2, m.samples().repetitions().size());
      assertEquals(1, m.samples().warmUpNanos().size());
      assertTrue(m.traffic().orElseThrow().bytesPerToken() > 0);
      int steps = m.workload().kind() == Workload.Kind.DECODE ? 4 : 0;
      m.samples().repetitions().forEach(r -> assertEquals(steps, r.tokenNanos().size()));
    }
    assertEquals(Status.complete(), record.status());
    assertEquals(Correctness.PASSED, record.correctness());
    assertEquals(
        List.of(CheckVerdict.PASSED, CheckVerdict.PASSED),
        record.checks().stream().map(check -> check.verdict()).toList());
    assertTrue(record.environment().memoryBandwidth().orElseThrow().gigabytesPerSecond() > 0.1);
    assertEquals(List.of(record), History.in(folder).read().records());
    said.prints("pp32", "tg4", "passed");
  }

  /** A decode moves every weight once: about the bytes of the file, whatever is measured. */
  @Test
  void bytesMovedAreThoseOfTheWeights() throws IOException {
    RunRecord record = record(bench("-p", "256", "-n", "8", "-r", "1", "--warmup", "0").done());
    long file = record.subject().model().fileBytes();
    long decode = record.measurements().get(1).traffic().orElseThrow().bytesPerToken();
    long prefill = record.measurements().get(0).traffic().orElseThrow().bytesPerToken();
    assertTrue(decode > 0.8 * file && decode < 1.1 * file, decode + " of " + file);
    assertTrue(prefill < decode / 20, prefill + " of " + decode);
  }

  @Test
  void theDocumentedPresetIsHelloThenGreedyTokens() throws IOException {
    Said said = bench("--preset", "documented", "-n", "5", "-r", "3").done();
    RunRecord record = record(said);
    assertEquals(2, record.measurements().size());
    Measurement prefill = record.measurements().get(0);
    Measurement decode = record.measurements().get(1);
    assertEquals(Workload.Kind.PREFILL, prefill.workload().kind());
    assertEquals(5, decode.workload().generatedTokens());
    assertEquals("documented", decode.workload().preset());
    assertEquals(1, decode.samples().warmUpNanos().size());
    assertEquals(3, decode.samples().repetitions().size());
    for (int i = 0; i < 3; i++) {
      assertEquals(
          decode.samples().repetitions().get(i).firstTokenNanos().orElseThrow(),
          prefill.samples().repetitions().get(i).totalNanos());
    }
    said.prints(
        "BENCH cpu_greedy_decode_real_model run=3 prefill_tok_s=",
        "summary runs=3 warmup_runs=1 prompt_tokens=",
        "decode_tokens=5",
        "decode_stddev=");
    bench("--preset", "documented", "-p", "8").refused(ExitCode.USAGE, "documented");
  }

  @Test
  void thePromptSuiteIsMeasuredPromptByPrompt() throws IOException {
    RunRecord record =
        record(bench("--preset", "prompts", "-n", "2", "-r", "1", "--no-check").done());
    assertEquals(30, record.measurements().size());
    assertEquals("code-1", record.measurements().getFirst().workload().settings().get("prompt"));
    assertEquals(Correctness.UNCHECKED, record.correctness());
  }

  @Test
  void promptFilesReplaceTheRandomTokens() throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "the ocean is a large body of salt water");
    RunRecord record =
        record(bench("--prompt-file", text.toString(), "-n", "0", "-r", "1", "--no-check").done());
    assertTrue(record.measurements().getFirst().workload().promptTokens() > 5);
    bench("--prompt-file", text.toString(), "-p", "500")
        .refused(ExitCode.FAILED, "500 tokens needed");
    bench("--prompt-file", folder.resolve("none").toString()).refused(ExitCode.FAILED, "none");
  }

  @Test
  void whatCannotBeDoneIsRefusedBeforeMeasuring() throws IOException {
    bench("-p", "2000").refused(ExitCode.FAILED, "2000", "1024");
    bench("-p", "0", "-n", "0").refused(ExitCode.USAGE, "nothing");
    bench("-t", "0").refused(ExitCode.USAGE, "--threads");
    Path file = Files.createFile(folder.resolve("a-file"));
    Said said = Said.by("bench", "--out", file.resolve("below").toString());
    said.refused(ExitCode.FAILED, "a-file", "cannot be written");
    assertEquals(1, said.err().lines().count(), said::toString);
    assertEquals(List.of("a-file"), List.of(folder.toFile().list()));
  }

  @Test
  void peersThatCannotBeComparedAreRefusedBeforeAnythingIsBuilt() {
    bench("--peers", "ollama").refused(ExitCode.USAGE, "llama.cpp or jlama needed", "ollama");
    bench("--peers", "jlama,jlama").refused(ExitCode.USAGE, "each name once", "jlama,jlama");
    bench("--peers", "llama.cpp", "--preset", "documented").refused(ExitCode.USAGE, "standard");
    bench("--peers", "llama.cpp", "--gpu").refused(ExitCode.USAGE, "--peer-command");
    bench("--peers", "llama.cpp", "--profile").refused(ExitCode.USAGE, "--profile");
    bench("--peers", "llama.cpp", "--peer-timeout", "0").refused(ExitCode.USAGE, "at least 1");
    bench("--peer-command", folder.resolve("none").toString())
        .refused(ExitCode.USAGE, "a program needed");
  }

  /** A llama-bench of the user's shows no output: its ratio says so. */
  @Test
  void aLlamaBenchIsMeasuredInTurns() throws IOException {
    Path script = folder.resolve("llama-bench");
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo '[{"build_commit": "abc", "backends": "CPU", "n_prompt": 16, "n_gen": 0, "n_depth": 0,
          "n_ubatch": 512, "n_threads": 1, "samples_ns": [1000000]}]'
        """);
    assertTrue(script.toFile().setExecutable(true));
    Said said =
        bench(
            "--peer-command",
            script.toString(),
            "--kv-type",
            "f16",
            "-p",
            "16",
            "-n",
            "0",
            "-r",
            "8",
            "--warmup",
            "1",
            "-t",
            "1");
    RunRecord record = record(said.done());
    assertEquals(2, record.measurements().size());
    assertEquals(9, record.measurements().getFirst().samples().repetitions().size());
    assertEquals(
        "llama-bench abc, CPU",
        record.measurements().getLast().workload().settings().get("engine"));
    assertEquals(CheckVerdict.SKIPPED, record.checks().getLast().verdict());
    said.prints("ratio", "pp16, 1t", "NOT COMPARED");
  }
}
