package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.reports.record.RecordCodec;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.record.Status;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: signals and real streams. */
class ProcessTest {
  private static final int SIGINT_EXIT = 130;

  @TempDir private Path folder;

  private ProcessBuilder rocmforge(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-Drocmforge.root=" + System.getProperty("rocmforge.root"),
                Rocmforge.class.getName()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  /** Waits for a line on stderr; the process may be slow to start. */
  private void await(Process process, String word) throws Exception {
    for (int i = 0; i < 600 && process.isAlive() && !err().contains(word); i++) {
      Thread.sleep(100);
    }
    assertTrue(err().contains(word), () -> "never said " + word);
  }

  @Test
  void anInterruptedBenchmarkKeepsWhatItHas() throws Exception {
    Path stdout = folder.resolve("out");
    Path reports = folder.resolve("reports");
    Process process =
        rocmforge(
                "bench",
                "-m",
                "lexicon-draft-q8_0",
                "-p",
                "1",
                "-n",
                "128",
                "-d",
                "0,100,200,300,400,500,600,700,800",
                "-r",
                "100",
                "--warmup",
                "1",
                "--no-check",
                "-t",
                "1",
                "--out",
                reports.toString())
            .redirectOutput(stdout.toFile())
            .start();
    // The first workload is done then, and far too much is left to end by itself.
    await(process, "pp1: ");
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "did not end");
    assertEquals(SIGINT_EXIT, process.exitValue(), err());
    List<String> said = Files.readAllLines(stdout);
    assertEquals(2, said.size(), said::toString);
    RunRecord record = RecordCodec.read(said.get(0), Files.readString(Path.of(said.get(0))));
    assertEquals(Status.Completeness.PARTIAL, record.status().completeness());
    assertTrue(record.status().reason().orElseThrow().contains("Ctrl-C"), record::toString);
    assertEquals(100, record.measurements().getFirst().samples().repetitions().size());
    assertTrue(record.measurements().size() < 18, () -> "nothing was left to do: " + record);
    assertTrue(Files.readString(Path.of(said.get(1))).contains("Partial run."));
    assertTrue(err().contains("Partial: "), err());
  }

  /** The documented harness through its variables; an option goes before its variable. */
  @Test
  void variablesSetWhatNoOptionSets() throws Exception {
    ProcessBuilder builder =
        rocmforge(
            "bench",
            "-m",
            "lexicon-draft-q8_0",
            "--preset",
            "documented",
            "--no-check",
            "-r",
            "3",
            "--out",
            folder.resolve("reports").toString());
    builder.environment().put("ROCMFORGE_BENCH_RUNS", "2");
    builder.environment().put("ROCMFORGE_BENCH_WARMUP", "0");
    builder.environment().put("ROCMFORGE_BENCH_TOKENS", "7");
    String said = output(builder);
    assertTrue(said.contains(" summary runs=3 warmup_runs=0 "), said);
    assertTrue(said.contains(" decode_tokens=7 "), said);
    builder.environment().put("ROCMFORGE_BENCH_TOKENS", "seven");
    assertEquals("", output(builder));
    assertTrue(err().contains("ROCMFORGE_BENCH_TOKENS") && err().contains("seven"), err());
  }

  @Test
  void aFullDiskIsOneLineAndNoSuccess() throws Exception {
    File full = new File("/dev/full");
    assumeTrue(full.exists(), "no /dev/full: a system without it");
    Process process = rocmforge("inspect", "lexicon-draft-q8_0").redirectOutput(full).start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "did not end");
    assertEquals(ExitCode.FAILED.code(), process.exitValue(), err());
    assertTrue(err().contains("rocmforge: stdout: cannot be written"), err());
    Said.by("logits", "-m", "lexicon-draft-q8_0", "--tokens", "1", "--out", "/dev/full")
        .refused(ExitCode.FAILED, "/dev/full", "cannot be written");
    Said.by("inspect", "lexicon-draft-q8_0", "--tensor", "output_norm.weight", "--out", "/dev/full")
        .refused(ExitCode.FAILED, "/dev/full", "cannot be written");
  }

  @Test
  void aReaderThatLeavesEndsTheGeneration() throws Exception {
    Process process =
        rocmforge("-m", "lexicon-draft-q8_0", "-p", "ocean", "--no-template", "--max-tokens", "900")
            .start();
    process.getInputStream().read();
    process.getInputStream().close();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "did not end");
    assertTrue(!err().contains("\tat "), err());
  }

  /** Text is UTF-8 even where the locale is not. */
  @Test
  void textIsUtf8InEveryLocale() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "Größe 水");
    ProcessBuilder builder = rocmforge("tokenize", "-m", "lexicon-draft-q8_0", text.toString());
    builder.environment().put("LC_ALL", "C");
    String ids = output(builder);
    Path file = Files.writeString(folder.resolve("ids"), ids);
    ProcessBuilder back =
        rocmforge("tokenize", "-m", "lexicon-draft-q8_0", "--decode", file.toString());
    back.environment().put("LC_ALL", "C");
    assertEquals("Größe 水", output(back));
  }

  private static String output(ProcessBuilder builder) throws IOException {
    return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
