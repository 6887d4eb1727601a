package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.rfm.RfmFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  private static final String MODEL = "../datasets/models/lexicon-tiny-q4_0.gguf";

  @TempDir private Path folder;
  private StringWriter out;
  private StringWriter err;
  private Path file;

  @BeforeEach
  void begin() {
    file = folder.resolve("out.rfm");
  }

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return Rocmforge.execute(
        Rocmforge.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)),
        arguments);
  }

  @Test
  void theDryRunSaysWhatTheRunDoes() throws IOException {
    String[] options = {"--svd-k", "4", "--max-layers", "1"};
    assertEquals(0, run(with("convert", MODEL, file.toString(), "--dry-run", options)));
    assertFalse(Files.exists(file));
    String table = out.toString();
    assertEquals(0, run(with("convert", MODEL, file.toString(), "--cpu", options)));
    assertEquals(table, out.toString());
    assertTrue(table.contains("Q4SvdQuant(k=4)"), table);
    assertTrue(err.toString().contains("Conversion successful! Saved 14 tensors to: " + file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
    assertEquals(0, run("inspect", file.toString(), "--check"));
    assertTrue(out.toString().contains("RFM version 1"), out.toString());
    assertEquals(0, run("--list-tensors", "--model", file.toString()));
    assertTrue(out.toString().contains("Total: 28 tensors"), out.toString());
  }

  /** In f32 on a device and in double on the CPU: the same subspaces, so nearly the same errors. */
  @Test
  void factorsOfTheGpuAreAsNearAsThoseOfTheCpu() throws Exception {
    String[] options = {"convert", MODEL, file.toString(), "--max-layers=1", "--svd-k=3"};
    Said gpu =
        GpuProcess.run(
                Map.of("XDG_RUNTIME_DIR", folder.toString()),
                Stream.concat(Stream.of(options), Stream.of("--gpu")).toArray(String[]::new))
            .done()
            .says("GPU: device 0, rocmforge CPU emulation (gfx1100, 8.00 GiB): the only device");
    assertEquals(0, run(options));
    Map<String, String> onDevice = errors(gpu.out());
    Map<String, String> onHost = errors(out.toString());
    assertEquals(onHost.keySet(), onDevice.keySet());
    assertTrue(onHost.values().stream().filter(error -> !error.equals("0")).count() >= 7);
    onHost.forEach(
        (tensor, error) -> {
          double expected = Double.parseDouble(error);
          double found = Double.parseDouble(onDevice.get(tensor));
          assertEquals(expected, found, 0.01 * expected, tensor);
        });
  }

  /** Other factors of the same size, for the inputs that a text brings. */
  @Test
  void aCalibrationTextSteersTheFactors() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "A long word in a dictionary. ");
    String[] options = {"--svd-k", "4", "--max-layers", "1"};
    assertEquals(0, run(with("convert", MODEL, file.toString(), "--cpu", options)));
    Map<String, String> plain = errors(out.toString());
    String[] more = {"--svd-k", "4", "--max-layers", "1", "--calibration", text.toString()};
    assertEquals(0, run(with("convert", MODEL, file.toString(), "--cpu", more)));
    Map<String, String> weighted = errors(out.toString());
    assertEquals(plain.keySet(), weighted.keySet());
    assertFalse(plain.equals(weighted), out.toString());
    assertEquals(0, run("inspect", file.toString(), "--check"));
    assertEquals(
        ExitCode.FAILED.code(),
        run("convert", MODEL, file.toString(), "--calibration", text.toString()));
    assertTrue(
        err.toString().contains("--svd-k, --mpo-chi-max or --kv-lora-dim needed"), err.toString());
  }

  /** The closing table, from outside: both files decoded again. */
  @Test
  void theTableIsWhatTheFileHolds() throws IOException {
    assertEquals(0, run("convert", MODEL, file.toString(), "--cpu", "--mq4"));
    Map<String, String> stated = errors(out.toString());
    assertEquals(0, run("inspect", file.toString(), "--against", MODEL));
    assertEquals(stated, errors(out.toString()));
    // Seven matrices a layer, but for the one whose rows are no power of two.
    assertEquals(6 * 6, stated.values().stream().filter(error -> !error.equals("0")).count());
    Path floats = folder.resolve("w.f32");
    String tensor = "blk.0.ffn_down.weight";
    run("inspect", file.toString(), "--tensor", tensor, "--out", floats.toString());
    assertEquals(4L * 256 * 768, Files.size(floats));
    assertEquals(0, run("convert", MODEL, file.toString(), "--cpu", "--max-layers", "1"));
    assertEquals(1, run("inspect", file.toString(), "--against", MODEL));
    assertTrue(out.toString().contains("missing"), out.toString());
  }

  /** Errors in a table by the tensor; a note may follow them. */
  private static Map<String, String> errors(String table) {
    return Pattern.compile("^(\\S+) .*? \\d+ +(0|\\d\\.\\d+e-\\d+)(  .*)?$", Pattern.MULTILINE)
        .matcher(table)
        .results()
        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
  }

  private static String[] with(
      String command, String in, String to, String option, String... options) {
    return Stream.concat(Stream.of(command, in, to, option), Stream.of(options))
        .toArray(String[]::new);
  }

  @Test
  void optionsOfOtherPartsWriteTheirMetadataAndSaySo() {
    assertEquals(
        0,
        run(
            "convert",
            MODEL,
            file.toString(),
            "--max-layers=1",
            "--kv-lora-dim=100",
            "--kv-quant-bits=3",
            "--adastate-anchors"));
    assertTrue(err.toString().contains("--kv-lora-dim: 100 rounded up to 128"), err.toString());
    assertTrue(err.toString().contains("kv_lora_dim written; sessions do not act on it"));
    assertFalse(err.toString().contains("kv_quant_bits written"), err.toString());
    assertFalse(err.toString().contains("adastate_anchors_enabled written"), err.toString());
    try (RfmFile written = RfmFile.open(file)) {
      var fields = written.rfmMetadata().fields();
      assertEquals(128, fields.get("kv_lora_dim").asInt());
      assertEquals(3, fields.get("kv_quant_bits").asInt());
      assertEquals(0.25, fields.get("qjl_scale").asDouble());
      assertTrue(written.adaState());
      assertTrue(written.kvLatent().isEmpty());
      assertTrue(fields.get("adastate_anchors_enabled").asBoolean());
    }
  }

  @Test
  void refusals() throws IOException {
    assertEquals(1, run("convert", MODEL, file.toString(), "--gpu", "--cpu"));
    assertTrue(err.toString().contains("both given"), err.toString());
    assertEquals(1, run("convert", MODEL, file.toString(), "--mq4", "--mq6"));
    assertEquals(1, run("convert", MODEL, file.toString(), "--gpu", "--mq4"));
    assertTrue(err.toString().contains("--svd-k or --mpo-chi-max needed"), err.toString());
    assertEquals(1, run("convert", MODEL, file.toString(), "--kv-quant-bits", "5"));
    assertEquals(1, run("convert", MODEL, file.toString(), "--svd-k", "0"));
    assertEquals(1, run("convert", MODEL, file.toString(), "--sparse-threshold", "1.5"));
    assertEquals(1, run("convert", MODEL, MODEL));
    assertTrue(err.toString().contains("is the model to read"), err.toString());
    assertEquals(1, run("convert", MODEL, folder.resolve("no/out.rfm").toString()));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }
}
