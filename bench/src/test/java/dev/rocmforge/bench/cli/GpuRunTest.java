package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.gpu.lock.GpuLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The GPU path from the command line to the exit code, on the emulation. */
final class GpuRunTest {
  private static final String[] RUN = {
    "run",
    "--gpu",
    "-m",
    "lexicon-draft-q8_0",
    "--no-template",
    "--temperature",
    "0",
    "-p",
    "benchmark n 1:",
    "--max-tokens",
    "6"
  };

  @TempDir private Path folder;

  private Map<String, String> machine(String... more) {
    Map<String, String> variables = new HashMap<>();
    variables.put("XDG_RUNTIME_DIR", folder.toString());
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return variables;
  }

  @Test
  void textAsOnTheCpuAndTheRoutersLines() throws Exception {
    Said gpu = GpuProcess.run(machine("ROCMFORGE_GPU_SAFE_MODE", "1"), RUN).done();
    gpu.says(
        "GPU: device 0, rocmforge CPU emulation (gfx1100, 8.00 GiB): the only device",
        "[VRAM Manager] Free VRAM: 8.00 GiB | Desktop Reserved: 4.00 GiB"
            + " | Safe Allocation Limit: 4.00 GiB",
        "VRAM status (device 0):",
        "[Router] Model profile: arch=qwen2, quant=Q8_0",
        "[Router] Selected path: BatchedPrefill(max_seq=512)",
        "[Router] Documented table: DecodeStyle (Q8_0 is not Q4_0); --router documented keeps it");
    Said cpu = Said.by(Stream.of(RUN).filter(word -> !word.equals("--gpu")).toArray(String[]::new));
    assertEquals(cpu.out(), gpu.out());
  }

  @Test
  void aFailedCallEndsTheRunWithFunctionCodeAndContext() throws Exception {
    GpuProcess.run(machine("ROCMFORGE_EMULATION_FAULTS", "hipStreamSynchronize:4=719"), RUN)
        .refused(
            ExitCode.ENVIRONMENT,
            "hipStreamSynchronize: hipErrorLaunchFailure (719)",
            "call 4 of hipStreamSynchronize");
  }

  @Test
  void anotherProcessHasTheDevice() throws Exception {
    String device = "cpu-emulation-0000:01:00";
    try (GpuLock held = GpuLock.acquire(device, 0, machine())) {
      GpuProcess.run(machine("ROCMFORGE_GPU_LOCK_TIMEOUT", "0"), RUN)
          .refused(
              ExitCode.GPU_LOCKED,
              "in use by pid " + ProcessHandle.current().pid(),
              held.file().toString());
    }
  }

  @Test
  void runFallsBackWhereBenchRefuses() throws Exception {
    Map<String, String> full = machine("ROCMFORGE_DESKTOP_VRAM_GB", "8");
    GpuProcess.run(full, RUN)
        .done()
        .says("[Router] Selected path: CpuFallback(device 0: ", "Falling back to the CPU: ");
    GpuProcess.run(full, bench())
        .refused(ExitCode.ENVIRONMENT, "nothing falls back without --allow-fallback: device 0: ");
    assertEquals(0, records());
    GpuProcess.run(
            full,
            Stream.concat(Stream.of(bench()), Stream.of("--allow-fallback")).toArray(String[]::new))
        .done()
        .says("Falling back to the CPU: ");
    assertEquals("vector", subject().at("/backend").asText());
    assertEquals("cpu", subject().at("/deviceRuntime").asText());
  }

  @Test
  void benchRecordsTheDevice() throws Exception {
    GpuProcess.run(machine(), bench())
        .done()
        .says("greedy tokens against the scalar backend: passed");
    assertEquals("gpu", subject().at("/backend").asText());
    assertEquals("cpu-emulation", subject().at("/deviceRuntime").asText());
    assertEquals("gfx1100", record().at("/environment/device/architecture").asText());
    JsonNode dispatch = record().at("/environment/device/dispatch");
    assertEquals("on (dp4a: sudot4)", dispatch.at("/q8 activations").asText());
    assertTrue(
        dispatch.at("/matrix prefill").asText().startsWith("off (cpu-emulation: "),
        dispatch::toString);
    assertTrue(dispatch.at("/decode graph").asText().startsWith("on: "), dispatch::toString);
  }

  /** Each stage, their sum, what they leave unexplained, and the step. */
  @Test
  void stagesOfDecodingAreTimed() throws Exception {
    String[] stages = {
      "PROFILE decode_stage name=embed ",
      "PROFILE decode_stage name=attention ",
      "PROFILE decode_stage name=logits ",
      "PROFILE decode_stage name=sum_of_stages ",
      "PROFILE decode_stage name=unexplained ",
      "PROFILE decode_stage name=step "
    };
    GpuProcess.run(machine("ROCMFORGE_PROFILE_DECODE_STAGES", "1"), RUN).done().says(stages);
    String[] more =
        Stream.concat(Stream.of(bench()), Stream.of("--profile")).toArray(String[]::new);
    GpuProcess.run(machine(), more).done().prints(stages);
    Said.by("bench", "-m", "lexicon-draft-q8_0", "-n", "4", "--profile")
        .refused(ExitCode.FAILED, "--profile: --gpu needed, vector chosen");
  }

  @Test
  void anOptionOfTheGpuWithoutTheGpuIsRefused() {
    for (String[] given :
        new String[][] {{"--gpu-index", "0"}, {"--router", "documented"}, {"--allow-fallback"}}) {
      Said.by(
              Stream.concat(
                      Stream.of("run", "-m", "lexicon-draft-q8_0", "-p", "x"), Stream.of(given))
                  .toArray(String[]::new))
          .refused(ExitCode.FAILED, given[0] + ": --gpu needed, vector chosen");
    }
  }

  private String[] bench() {
    return new String[] {
      "bench",
      "--gpu",
      "-m",
      "lexicon-draft-q8_0",
      "-p",
      "8",
      "-n",
      "4",
      "-r",
      "2",
      "--warmup",
      "1",
      "--out",
      folder.resolve("out").toString()
    };
  }

  private long records() throws IOException {
    Path out = folder.resolve("out");
    if (!Files.exists(out)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }

  private JsonNode record() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      Path file = files.filter(f -> f.toString().endsWith(".json")).findFirst().orElseThrow();
      return new ObjectMapper().readTree(file.toFile());
    }
  }

  private JsonNode subject() throws IOException {
    return record().at("/subject");
  }
}
