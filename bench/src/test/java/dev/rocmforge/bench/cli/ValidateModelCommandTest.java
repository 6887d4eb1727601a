package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.reports.record.Correctness;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of a whole model from the command line, and that wrong logits fail them. */
class ValidateModelCommandTest {
  private static final Path ORACLE = Path.of("../datasets/golden/oracle");
  private static final String GOLDEN = "logits of 45 positions against Hugging Face transformers";

  @TempDir private Path folder;

  private Said validate(String name, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("validate", "model", "-m", ORACLE.resolve(name + ".gguf").toString()));
    words.addAll(List.of("--window", "16", "-o", folder.toString()));
    words.addAll(List.of(more));
    return Said.by(words.toArray(String[]::new));
  }

  private List<RunRecord> records() {
    return History.in(folder).read().records();
  }

  @Test
  void everyCheckOfAKnownModelPassesAndIsKept() throws IOException {
    Path junit = folder.resolve("checks.xml");
    Said said = validate("qwen2-tied", "--junit", junit.toString()).done();
    said.prints(
        "passed  " + GOLDEN,
        "passed  logits and greedy tokens against the scalar backend: ",
        "skipped greedy tokens computed elsewhere\n        none are known of this model",
        "passed  KL divergence floor: the scalar backend against itself in other pieces: ",
        "passed  KL divergence from the scalar backend, prefill: mean KLD ",
        "passed  KL divergence from the scalar backend, token by token: mean KLD ",
        "passed  prefill of n tokens equals n steps, n of [1, 2, 7, 17, 33]: ",
        "passed  prefill of 17 tokens in pieces of 1 to 16 and in 6 random ones: ",
        "passed  prefill of 32 tokens with batches of [2, 4, 8, 16]: ",
        "passed  rewound to 16 of 33 tokens and run again: ",
        "passed  the same run twice, bit for bit: rows of 5 that differ 0 ",
        "passed  two sessions in turn give what each gives alone, bit for bit: ",
        "passed  cache in f16 against f32: ",
        "14 checks: 12 passed, 0 failed, 2 skipped");
    String xml = Files.readString(junit);
    assertTrue(xml.contains("tests=\"14\"") && xml.contains("failures=\"0\""), xml);
    assertTrue(xml.contains(GOLDEN), xml);
    assertEquals(Correctness.PASSED, records().getFirst().correctness());
    assertEquals(14, records().getFirst().checks().size());
  }

  /** One of 45 rows is off by a thousandth. */
  @Test
  void logitsThatDifferFromTheGoldenOnesFail() throws IOException {
    Path golden = copied("qwen2-tied");
    Path logits = folder.resolve("qwen2-tied.logits.f32");
    byte[] bytes = Files.readAllBytes(logits);
    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int row = 20 * 320 * Float.BYTES;
    for (int at = row; at < row + 320 * Float.BYTES; at += Float.BYTES) {
      values.putFloat(at, values.getFloat(at) * 1.001f);
    }
    Files.write(logits, bytes);
    Said said = validate("qwen2-tied", "--golden", golden.toString()).failed();
    said.prints(
        "FAILED  " + GOLDEN,
        "        relative L2 error beyond its limit",
        "14 checks: 11 passed, 1 failed, 2 skipped");
    assertEquals(Correctness.FAILED, records().getFirst().correctness());
  }

  @Test
  void goldenLogitsOfAnotherModelOrOfNobodyAreRefused() throws IOException {
    Path golden = copied("qwen2-tied");
    String description = Files.readString(golden).replace("\"vocab\": 320", "\"vocab\": 321");
    Files.writeString(golden, description);
    validate("qwen2-tied", "--golden", golden.toString())
        .refused(ExitCode.FAILED, "qwen2-tied.json", "rows of 321 logits", "has 320");
    Path nobody = folder.resolve("nobody.json");
    validate("qwen2-tied", "--golden", nobody.toString())
        .refused(ExitCode.FAILED, "nobody.json", "cannot be read");
    assertEquals(List.of(), records());
  }

  private Path copied(String name) throws IOException {
    for (String ending : List.of(".json", ".logits.f32")) {
      Files.copy(ORACLE.resolve(name + ending), folder.resolve(name + ending));
    }
    return folder.resolve(name + ".json");
  }
}
