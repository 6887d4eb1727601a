package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.gguf.GgufDeclaration;
import dev.rocmforge.engine.gguf.GgufFile;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.gguf.GgufWriter;
import dev.rocmforge.engine.quant.QuantType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
  private static final String MODEL = "lexicon-draft-q8_0";
  private static final String[] SAMPLED = {
    "-m", MODEL, "--no-template", "-p", "benchmark n 1:", "--max-tokens", "32"
  };

  @TempDir private Path folder;

  private static String[] joined(String[] first, String... more) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
  }

  private static Said sampled(String... more) {
    return Said.by(joined(SAMPLED, more));
  }

  private static Said run(String... more) {
    return sampled(joined(new String[] {"--temperature", "0"}, more));
  }

  /** The continuation that an independent float64 forward pass computed. */
  @Test
  void greedyTextIsTheKnownOneOnBothBackends() {
    Said vector = run("--debug").done();
    Said scalar = run("--backend", "scalar").done();
    assertEquals(scalar.out(), vector.out());
    vector.says("[Generated] token_id=257 ", "[Generated] token_id=2466 ", "token_id=1680 ");
    assertEquals(32, vector.err().lines().filter(l -> l.startsWith("[Generated]")).count());
  }

  @Test
  void theDocumentedLinesAreOnStderrAndTheTextAloneOnStdout() {
    Said said = run("-t", "1").done();
    said.says(
        "Detecting CPU capabilities... done",
        "Physical cores: ",
        "SIMD features: ",
        "L3 cache: ",
        "Device: CPU",
        "Batch config: max 512 tokens/batch, use 1 cores",
        "Loading weights... done in ",
        "[Args] model path (GGUF): ",
        "Chat template: none (raw completion)",
        "Prompt: 9 tokens",
        "[Tokenizer] bos_id=",
        "Model: ",
        "Prefill: ");
    assertTrue(
        said.err().lines().anyMatch(l -> l.matches("32 tokens in [0-9.]+ms = [0-9.]+ tok/s")),
        said::toString);
    assertTrue(said.out().endsWith("\n") && said.out().length() > 32, said::toString);
    String[] word = {"run", "--temperature", "0"};
    assertEquals(said.out(), Said.by(joined(word, SAMPLED)).out());
  }

  @Test
  void theSameSeedGivesTheSameText() {
    String[] seven = {"--top-k", "40", "--min-p", "0.01", "--repeat-penalty", "1.1", "--seed", "7"};
    assertEquals(sampled(seven).done().out(), sampled(seven).done().out());
    assertNotEquals(sampled(seven).out(), sampled("--seed", "8").done().out());
  }

  @Test
  void theChatTemplateIsUsedUnlessRefused() {
    Said.by("-m", MODEL, "-p", "ocean", "--max-tokens", "2")
        .done()
        .says("Chat template: model (Jinja)");
  }

  @Test
  void debugListsTheLikeliestTokens() {
    Said said = run("--debug").done().says("Top-10 tokens:", "[Token 1 logits] Top-5:");
    assertTrue(
        said.err().lines().anyMatch(l -> l.matches(" +10\\. .* \\(0\\.[0-9]{4}\\) id=[0-9]+")),
        said::toString);
  }

  @Test
  void tensorsAreListedOnStdout() {
    Said said = run("--list-tensors").done();
    assertEquals("NAME" + " ".repeat(41) + "TYPE" + " ".repeat(16) + "SHAPE", said.lines().get(0));
    assertEquals("-".repeat(80), said.lines().get(1));
    said.prints("token_embd.weight", "Q8_0", "[128, 4096]", "\n\nTotal: ");
    assertEquals("", said.err());
  }

  @Test
  void validationJudgesTheLogitsThatRan() {
    run("--prefill-only-validate")
        .done()
        .says("PREFILL_ONLY_VALIDATE: PASSED", "Batched prefill: exercised (CPU vector");
    Said.by("-m", MODEL, "--no-template", "-p", "a", "--prefill-only-validate")
        .done()
        .says("PASSED (decode-style path)", "Batched prefill: not exercised (single token)");
  }

  @Test
  void validationFailsOnNan() {
    Path broken = folder.resolve("nan.gguf");
    try (GgufFile source = GgufFile.open(ModelPlaces.standard().embeddedFile(MODEL));
        GgufWriter writer =
            GgufWriter.create(
                broken,
                source.metadata().values(),
                source.tensors().stream()
                    .map(t -> new GgufDeclaration(t.name(), t.type(), t.shape()))
                    .toList())) {
      for (GgufTensor tensor : source.tensors()) {
        writer.append(
            tensor.name(),
            tensor.name().equals("output_norm.weight") ? poisoned(tensor) : tensor.data());
      }
      writer.finish();
    }
    Said.by("-m", broken.toString(), "-p", "one two", "--no-template", "--prefill-only-validate")
        .refused(ExitCode.FAILED)
        .says(
            "PREFILL_ONLY_VALIDATE: FAILED",
            "First bad value: NaN outside the layers, operation output-norm (output_norm), row 0",
            "element 0 of ",
            "Largest finite magnitude before it: ");
    Said.by("validate", "prefill", "-m", broken.toString(), "-n", "9", "-o", folder.toString())
        .prints("FAILED  prefill of 9 tokens is finite, CPU vector", "operation output-norm")
        .failed();
    Said.by("-m", broken.toString(), "-p", "one two", "--no-template")
        .refused(ExitCode.FAILED, "NaN");
  }

  private static MemorySegment poisoned(GgufTensor tensor) {
    assertEquals(QuantType.F32, tensor.type());
    byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, Float.NaN);
    return MemorySegment.ofArray(bytes);
  }

  @Test
  void theCacheIsDumped() throws IOException {
    Path dump = folder.resolve("kv.bin");
    run("--kv-dump", dump.toString()).done().says("Dumping KV cache to ", "× 9 tokens ×");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(dump)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertEquals("KVCACHE1", new String(magic, StandardCharsets.US_ASCII));
    int layers = bytes.getInt();
    int heads = bytes.getInt();
    int width = bytes.getInt();
    int tokens = bytes.getInt();
    assertEquals(9, tokens);
    assertEquals(0, bytes.getLong());
    assertEquals(2 * layers * heads * width * tokens * 4, bytes.remaining());
    boolean something = false;
    while (bytes.hasRemaining()) {
      float value = bytes.getFloat();
      assertTrue(Float.isFinite(value));
      something |= value != 0;
    }
    assertTrue(something);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeWork() {
    run("--ctx-size", "8").refused(ExitCode.FAILED, "prompt: 9 tokens", "holds 8");
    run("--ctx-size", "16").refused(ExitCode.FAILED, "--max-tokens 32", "41 needed", "holds 16");
    run("--ctx-size", "100000").refused(ExitCode.FAILED, "--ctx-size 100000", "1024");
    Said.by("-m", MODEL, "--no-template", "-p", "").refused(ExitCode.FAILED, "prompt");
    Said.by("-m", MODEL, "--no-template", "-p", "x", "-c", "8", "--temp", "0")
        .done()
        .says("tokens in");
  }

  @Test
  void valuesOutOfRangeAreUsage() {
    sampled("--temperature", "-1").refused(ExitCode.USAGE, "temperature", "-1");
    run("--top-p", "1.5").refused(ExitCode.USAGE, "top-p", "1.5");
    run("--threads", "0").refused(ExitCode.USAGE, "--threads", "0");
    Said.by("-m", MODEL, "--max-tokens", "0").refused(ExitCode.USAGE, "--max-tokens");
    run("--gpu", "--backend", "scalar").refused(ExitCode.USAGE, "--gpu");
    run("--kv-type", "f64").refused(ExitCode.USAGE, "f64");
  }

  @Test
  void draftsChangeNothingButThePasses() {
    String[] target = {
      "-m", "lexicon-tiny-q8_0", "--no-template", "-p", "benchmark n 1:", "--max-tokens", "32"
    };
    String[] greedy = joined(target, "--temperature", "0");
    String[] fixed = {"--draft-model", MODEL, "--speculative-fixed"};
    Said plain = Said.by(greedy).done();
    Said drafted = Said.by(joined(greedy, fixed)).done();
    assertEquals(plain.out(), drafted.out());
    drafted.says(
        "[Speculative Generation Statistics]",
        "Tokens generated: 32 tokens",
        "Draft tokens speculated: ",
        "Draft tokens accepted: ",
        "Draft acceptance rate: ");
    String zero = Said.by(joined(greedy, joined(fixed, "--speculative-tokens", "0"))).done().out();
    assertEquals(plain.out(), zero);
    String itself = Said.by(joined(greedy, "--speculative", "ngram")).done().out();
    assertEquals(plain.out(), itself);
    Said sampled = Said.by(joined(target, fixed)).done();
    assertEquals(sampled.out(), Said.by(joined(target, fixed)).done().out());
  }

  @Test
  void draftsThatCannotBe() {
    run("--speculative-tokens", "4").refused(ExitCode.USAGE, "--speculative-tokens");
    run("--draft-model", MODEL, "--speculative", "ngram").refused(ExitCode.USAGE, "ngram");
    run("--draft-model", MODEL, "--speculative-tokens", "65").refused(ExitCode.USAGE, "65");
    run("--draft-model", "no/such.gguf").refused(ExitCode.FAILED, "no/such.gguf");
    run("--draft-model", "../datasets/golden/oracle/qwen2-tied.gguf")
        .refused(ExitCode.FAILED, "qwen2-tied.gguf");
  }

  @Test
  void modelsThatCannotBeOpened() throws IOException {
    Said.by("-m", "no/such.gguf").refused(ExitCode.FAILED, "no/such.gguf");
    Said.by("-m", "no-such-name").refused(ExitCode.FAILED, "no-such-name", MODEL);
    Said.by("-m", "qwen2.5-7b-instruct-f16")
        .refused(ExitCode.FAILED, "not pulled", "models pull qwen2.5-7b-instruct-f16");
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    Said.by("-m", empty.toString()).refused(ExitCode.FAILED, "empty.gguf");
    Said.by("-m", folder.toString()).refused(ExitCode.FAILED, folder.toString());
  }
}
