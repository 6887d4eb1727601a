package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands around a model: models, quantize, inspect, tokenize, logits, perplexity. */
class ToolCommandsTest {
  private static final String MODEL = "lexicon-draft-q8_0";

  @TempDir private Path folder;

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private static float[] floats(Path file) throws IOException {
    FloatBuffer buffer =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /** Row by row what an independent implementation computed, whatever the batch. */
  @Test
  void logitsAreThoseOfTheOracle() throws IOException {
    Path oracle = Path.of(System.getProperty("rocmforge.root"), "datasets/golden/oracle");
    JsonNode known =
        JsonMapper.builder().build().readTree(oracle.resolve("qwen2-tied.json").toFile());
    float[] expected = floats(oracle.resolve("qwen2-tied.logits.f32"));
    JsonNode row = known.required("runs").get(1);
    String ids = row.required("tokens").toString().replaceAll("[\\[\\]]", "");
    int skipped = row.required("byte_offset").intValue() / 4;
    int wantedCount = row.required("rows").intValue() * row.required("vocab").intValue();
    for (String backend : new String[] {"scalar", "vector"}) {
      for (String batch : new String[] {"1", "3", "512"}) {
        Path out = folder.resolve("logits.f32");
        Said.by(
                "logits",
                "-m",
                oracle.resolve("qwen2-tied.gguf").toString(),
                "--tokens",
                ids,
                "--out",
                out.toString(),
                "--backend",
                backend,
                "--batch",
                batch)
            .done();
        float[] got = floats(out);
        assertEquals(wantedCount, got.length);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < got.length; i++) {
          double known64 = expected[skipped + i];
          error += (got[i] - known64) * (got[i] - known64);
          norm += known64 * known64;
        }
        double relative = Math.sqrt(error / norm);
        assertTrue(relative < (backend.equals("scalar") ? 1e-5 : 1e-4), backend + ": " + relative);
      }
    }
  }

  @Test
  void logitsRefuseWhatIsNoToken() {
    Said.by("logits", "-m", MODEL, "--tokens", "1,99999", "--out", at("l"))
        .refused(ExitCode.FAILED, "token 1 of 2", "99999");
    Said.by("logits", "-m", MODEL, "--tokens", "1", "--out", at("no/folder/l"))
        .refused(ExitCode.FAILED, "cannot be written");
    Said.by("logits", "-m", MODEL, "--tokens", "x", "--out", at("l"))
        .refused(ExitCode.USAGE, "--tokens");
  }

  @Test
  void quantizesByRecipeAndPrintsWhatStandsIn() {
    Said said = Said.by("quantize", MODEL, at("q.gguf"), "Q4_K_M").done();
    said.says("rows of 128 weights: Q5_0 instead of Q4_K", "Q8_0", "of weights became");
    Said.by("inspect", at("q.gguf"), "--check").done().prints("Q5_0").says("all finite");
    Said.by("run", "-m", at("q.gguf"), "-p", "ocean", "--max-tokens", "2").done();
    Said.by("quantize", MODEL, at("p.gguf"), "Q4_K_M", "--pure")
        .refused(ExitCode.FAILED, "Q4_K", "256", "128");
    Said.by("quantize", MODEL, at("p.gguf"), "Q9_9").refused(ExitCode.FAILED, "Q9_9", "Q4_K_M");
    Said.by("quantize", at("q.gguf"), at("q.gguf"), "Q8_0").refused(ExitCode.FAILED, "q.gguf");
    Said.by("quantize", MODEL, at("no/folder/q.gguf"), "Q8_0").refused(ExitCode.FAILED, "folder");
    assertTrue(Files.notExists(folder.resolve("p.gguf")));
  }

  @Test
  void inspectShowsAFileAsTextAndJson() throws IOException {
    Said.by("inspect", MODEL)
        .done()
        .prints("general.architecture", "qwen2", "token_embd.weight", "Q8_0", "[128, 4096]");
    JsonNode json =
        JsonMapper.builder().build().readTree(Said.by("inspect", MODEL, "--json").done().out());
    long sum = 0;
    for (JsonNode tensor : json.required("tensors")) {
      sum += tensor.required("bytes").longValue();
    }
    assertEquals(json.required("weightBytes").longValue(), sum);
    Said.by("inspect", MODEL, "--tensor", "output_norm.weight", "--out", at("n.f32")).done();
    assertEquals(128, floats(folder.resolve("n.f32")).length);
    Said.by("inspect", MODEL, "--tensor", "none", "--out", at("n"))
        .refused(ExitCode.FAILED, "none");
    Said.by("inspect", MODEL, "--tensor", "none").refused(ExitCode.USAGE, "--out");
  }

  private static Said tokenize(String stdin, String... more) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)));
    try {
      String[] words = new String[more.length + 3];
      System.arraycopy(new String[] {"tokenize", "-m", MODEL}, 0, words, 0, 3);
      System.arraycopy(more, 0, words, 3, more.length);
      return Said.by(words);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void tokenizesBothWays() throws IOException {
    assertEquals("65 275 374 76 607 272 220 16 25\n", tokenize("benchmark n 1:").done().out());
    String ids = tokenize("Größe 水 🙂").done().out();
    assertEquals("Größe 水 🙂", tokenize(ids, "--decode").done().out());
    assertEquals("benchmark", tokenize("[65,275,374,76,607]", "--decode").done().out());
    tokenize("ocean", "--json").done().prints("{\"tokens\":[{\"id\":");
    tokenize("1 x", "--decode").refused(ExitCode.FAILED, "'x'");
    tokenize("99999", "--decode").refused(ExitCode.FAILED, "99999");
    Path text = Files.writeString(folder.resolve("text"), "benchmark n 1:");
    tokenize("", text.toString()).done().prints("65 275 374");
  }

  @Test
  void rendersChats() throws IOException {
    Path chat = folder.resolve("chat.json");
    Files.writeString(chat, "[{\"role\": \"user\", \"content\": \"hi\"}]");
    tokenize("", "--chat", chat.toString()).done().prints("user\nhi", "assistant\n");
    Files.writeString(chat, "{\"role\"");
    tokenize("", "--chat", chat.toString()).refused(ExitCode.FAILED, "chat.json", "JSON");
    Files.writeString(chat, "[1]");
    tokenize("", "--chat", chat.toString()).refused(ExitCode.FAILED, "objects");
  }

  @Test
  void perplexityHasItsWindowsAndRefusesShortTexts() throws IOException {
    Path text =
        Files.writeString(folder.resolve("text"), "the ocean is a body of water. ".repeat(40));
    Said.by("perplexity", "-m", MODEL, "-f", text.toString(), "--window", "32", "--windows", "2")
        .done()
        .prints("Perplexity: ", "64 predictions in 2 windows of 32");
    Said.by("perplexity", "-m", MODEL, "-f", text.toString(), "--windows", "40")
        .refused(ExitCode.FAILED, "20481 tokens");
    Said.by("perplexity", "-m", MODEL, "-f", text.toString(), "--window", "0")
        .refused(ExitCode.USAGE, "--window");
  }

  @Test
  void namedModelsAreListedFoundAndMade() throws IOException {
    Said.by("models", "list").done().prints(MODEL, "embedded", "smollm2-135m-instruct-q4_1");
    String path = Said.by("models", "path", MODEL).done().out().strip();
    assertArrayEquals(
        Files.readAllBytes(ModelPlaces.standard().embeddedFile(MODEL)),
        Files.readAllBytes(Path.of(path)));
    Said.by("models", "path", "no-such").refused(ExitCode.FAILED, "no-such");
    Said.by("models", "pull", "no-such").refused(ExitCode.FAILED, "no-such", "qwen2.5");
    Said.by("models", "synth", "no-such", "Q4_0", at("s.gguf"))
        .refused(ExitCode.FAILED, "no-such", "SmolLM2-135M");
    Said.by("models", "synth", "SmolLM2-135M", "Q4_K", at("s.gguf"), "--pure")
        .refused(ExitCode.FAILED, "576");
    Said.by("models", "synth", "SmolLM2-135M", "Q4_9", at("s.gguf"))
        .refused(ExitCode.USAGE, "Q4_9");
  }
}
