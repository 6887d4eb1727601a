package dev.rocmforge.peers.jlama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.vector.VectorBackend;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program in a process of its own, as it is measured: Jlama's logits against the engine's. */
class JlamaPeerTest {
  /** The first thirteen are a prompt, longer than the batch of twelve: ten and three for it. */
  private static final int[] TOKENS = {5, 70, 31, 12, 9, 100, 77, 3, 8, 21, 44, 45, 46, 47, 48, 49};

  private static final int PROMPT = 13;

  @TempDir private Path folder;

  private List<String> answers(Path model, String cache, String... requests) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                JlamaPeer.class.getName(),
                model.toString(),
                "2",
                "64",
                "12",
                cache,
                "f32")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var in = process.outputWriter()) {
      in.write(String.join("\n", requests) + "\n");
    }
    List<String> lines = process.inputReader().lines().toList();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
    assertEquals(lines.getLast().contains("error") ? 1 : 0, process.exitValue(), lines::toString);
    return lines;
  }

  private static String tokens() {
    return Arrays.stream(TOKENS)
        .mapToObj(t -> " " + t)
        .collect(Collectors.joining("", "tokens", ""));
  }

  /** The largest relative L2 error of a row of logits. */
  private double error(Path file) throws Exception {
    Path logits = folder.resolve("logits");
    int steps = TOKENS.length - PROMPT;
    answers(file, "f32", tokens(), "logits %s %d %d".formatted(logits, PROMPT, steps));
    FloatBuffer theirs =
        ByteBuffer.wrap(Files.readAllBytes(logits)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    double worst = 0;
    try (Model model = Model.open(file);
        Backend backend = new VectorBackend(1);
        Session session = backend.open(model, SessionOptions.DEFAULT.withContextLength(64))) {
      assertEquals((steps + 1) * model.config().vocabularySize(), theirs.remaining());
      for (int row = 0; row <= steps; row++) {
        float[] ours =
            row == 0
                ? session.prefill(Arrays.copyOf(TOKENS, PROMPT))
                : session.step(TOKENS[PROMPT + row - 1]);
        double difference = 0;
        double norm = 0;
        for (float value : ours) {
          double apart = (double) value - theirs.get();
          difference += apart * apart;
          norm += (double) value * value;
        }
        worst = Math.max(worst, Math.sqrt(difference / norm));
      }
    }
    return worst;
  }

  private static Path dataset(String name) {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("datasets/models"))) {
      root = root.getParent();
    }
    return root.resolve("datasets/models").resolve(name + ".gguf");
  }

  /**
   * Limits: activations of 8 bits, sqrt(32) / (127 sqrt(12)) a product over the root of 25
   * products; weights in BF16, 2^-9 a weight over the root of 9.
   */
  @ParameterizedTest
  @CsvSource({"lexicon-tiny-q4_0,0.065", "lexicon-draft-q8_0,0.006"})
  void qwen2ComesOutAsOurs(String name, double limit) throws Exception {
    double error = error(dataset(name));
    assertTrue(error < limit, name + ": relative L2 error " + error);
  }

  /** Rows turn pairwise in GGUF, and 96 rows of 192 are more than it cuts into parts evenly. */
  @Test
  void llamaComesOutAsOurs() throws Exception {
    ModelShape real = ModelShape.named("SmolLM2-135M");
    ModelShape small =
        new ModelShape(
            "small",
            real.architecture(),
            2,
            192,
            320,
            6,
            3,
            32,
            512,
            256,
            real.ropeTheta(),
            real.normEpsilon(),
            true,
            false,
            false,
            real.preTokenizer(),
            null);
    Path file = folder.resolve("small.gguf");
    new SyntheticModel(small, QuantType.Q4_0, true, 3).write(file, _ -> {});
    double error = error(file);
    assertTrue(error < 1e-4, "relative L2 error " + error);
  }

  @Test
  void timesComeOneAToken() throws Exception {
    List<String> lines =
        answers(dataset("lexicon-tiny-q4_0"), "f32", tokens(), "prefill 2 8", "decode 3 5");
    assertTrue(
        lines.getFirst().matches(".*\"engine\": \"Jlama 0.8.4, .*\"threads\": 2.*"),
        lines::toString);
    assertEquals("{\"tokens\": 16}", lines.get(1));
    assertTrue(lines.get(2).matches("\\{\"nanos\": \\[\\d+]}"), lines::toString);
    assertTrue(lines.get(3).matches("\\{\"nanos\": \\[\\d+(, \\d+){4}]}"), lines::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "f16,'tokens 1','a KV cache of f32 needed, f16 and f32 found'",
    "f32,'prefill 0 1','tokens 0 to 1 asked for, 0 given'",
    "f32,'sing','no such request: sing'"
  })
  void whatCannotBeDoneIsSaid(String cache, String request, String words) throws Exception {
    List<String> lines = answers(dataset("lexicon-tiny-q4_0"), cache, request);
    assertTrue(lines.getLast().contains(words), lines::toString);
  }

  @Test
  void rowsAreWholeOrGoToJava() {
    // 128 parts: of 7 rows; of 4 with 64 rows left over; of 1 with 64 left over; of 3 with 2
    // counted.
    assertEquals(
        List.of(true, false, false, true, true),
        Stream.of(896, 576, 192, 386, 64).map(NativeProducts::whole).toList());
    assertEquals(
        List.of(1, 4, 5, 5, 10, 510),
        Stream.of(1, 4, 5, 9, 13, 512).map(NativeProducts::rightBatch).toList());
  }
}
