package dev.rocmforge.engine.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.ModelFile;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gguf.GgufTensor;
import dev.rocmforge.engine.model.Matrix;
import dev.rocmforge.engine.model.Tensor;
import dev.rocmforge.engine.rfm.RfmFile;
import dev.rocmforge.engine.route.InferencePath;
import dev.rocmforge.engine.route.ModelProfile;
import dev.rocmforge.engine.route.Router;
import dev.rocmforge.engine.route.RouterTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConverterTest {
  private static final Path LEXICON = Path.of("../datasets/models/lexicon-tiny-q4_0.gguf");

  @TempDir private Path folder;

  static List<Oracle> oracles() {
    return Oracle.all();
  }

  private Path converted(Path source, ConvertOptions options) {
    Path out = folder.resolve("out.rfm");
    try (Model model = Model.open(source)) {
      new Converter(model, options).write(out, (tensor, done, total) -> {});
    }
    return out;
  }

  private static List<float[]> logits(Path model, int[] tokens) {
    List<float[]> rows = new ArrayList<>();
    try (Backend scalar = new ScalarBackend();
        Model opened = Model.open(model);
        Session session =
            scalar.open(opened, SessionOptions.DEFAULT.withContextLength(tokens.length))) {
      session.forward(tokens, (position, row) -> rows.add(row.clone()));
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("oracles")
  void withoutOptionsTheLogitsAreTheSameBits(Oracle oracle) {
    Path out = converted(oracle.model(), ConvertOptions.LOSSLESS);
    int[] tokens = oracle.runs().getLast().ids();
    List<float[]> expected = logits(oracle.model(), tokens);
    List<float[]> found = logits(out, tokens);
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("oracles")
  void metadataAndTensorsSurvive(Oracle oracle) {
    try (ModelFile before = ModelFile.open(oracle.model());
        ModelFile after = ModelFile.open(converted(oracle.model(), ConvertOptions.LOSSLESS))) {
      assertEquals(before.metadata().values(), after.metadata().values());
      assertEquals(before.tensors().size(), after.tensors().size());
      for (GgufTensor tensor : before.tensors()) {
        GgufTensor twin = after.tensor(tensor.name()).orElseThrow();
        assertEquals(tensor.type(), twin.type());
        assertEquals(tensor.shape(), twin.shape());
        assertEquals(
            -1,
            MemorySegment.mismatch(
                tensor.data(), 0, tensor.data().byteSize(), twin.data(), 0, twin.data().byteSize()),
            tensor.name());
      }
      for (ModelFile.Entry entry : after.entries()) {
        assertEquals(0, entry.offset() % 256, entry.name());
      }
    }
  }

  private static ConvertOptions options(
      OptionalInt svdK,
      OptionalDouble threshold,
      double prune,
      OptionalInt chi,
      ConvertOptions.Rotation rotation) {
    return new ConvertOptions(
        svdK, threshold, prune, true, chi, OptionalInt.of(1), rotation, false, Map.of());
  }

  static Stream<Arguments> lossy() {
    OptionalInt no = OptionalInt.empty();
    OptionalDouble none = OptionalDouble.empty();
    ConvertOptions.Rotation plain = ConvertOptions.Rotation.NONE;
    List<Path> models =
        List.of(LEXICON, Oracle.named("qwen2moe").model(), Oracle.named("mamba").model());
    return models.stream()
        .flatMap(
            model ->
                Stream.of(
                        options(OptionalInt.of(8), none, 1e-6, no, plain),
                        options(OptionalInt.of(4), OptionalDouble.of(1), 0.01, no, plain),
                        options(no, OptionalDouble.of(1), 0.01, no, plain),
                        options(no, none, 1e-6, OptionalInt.of(16), plain),
                        options(no, none, 1e-6, no, ConvertOptions.Rotation.MQ4),
                        options(no, none, 1e-6, no, ConvertOptions.Rotation.MQ6))
                    .map(options -> Arguments.of(model, options)));
  }

  /** Table, dry run and file agree; what is read has the stated error. */
  @ParameterizedTest
  @MethodSource("lossy")
  void theTableStatesTheErrorOfTheFile(Path source, ConvertOptions options) throws IOException {
    Path out = folder.resolve("out.rfm");
    Map<String, ConvertedTensor> table = new HashMap<>();
    List<ConvertedTensor> dry;
    try (Model model = Model.open(source)) {
      var converter = new Converter(model, options);
      dry = converter.dryRun((tensor, done, total) -> {});
      List<ConvertedTensor> said =
          converter.write(out, (tensor, done, total) -> table.put(tensor.name(), tensor));
      assertEquals(dry, said);
    }
    try (Model before = Model.open(source);
        Model after = Model.open(out)) {
      long bytes = after.file().entries().stream().mapToLong(ModelFile.Entry::bytes).sum();
      assertEquals(bytes, dry.stream().mapToLong(ConvertedTensor::bytes).sum());
      assertTrue(Files.size(out) > bytes);
      for (GgufTensor tensor : before.file().tensors()) {
        if (!table.containsKey(tensor.name())) {
          continue;
        }
        assertEquals(table.get(tensor.name()).nmse(), nmse(tensor, after.file()), tensor.name());
      }
    }
    profile(out, options);
    int[] tokens = {1, 2, 3, 4};
    for (float[] row : logits(out, tokens)) {
      for (float logit : row) {
        assertTrue(Float.isFinite(logit));
      }
    }
  }

  /** Sparse and MPO models go token by token, SVD ones by the flag. */
  private static void profile(Path file, ConvertOptions options) {
    try (Model model = Model.open(file)) {
      ModelProfile profile = ModelProfile.of(model);
      boolean ssm = profile.ssm();
      assertEquals(options.svdK().isPresent() && !ssm, profile.svd());
      boolean sparse = options.sparseThreshold().isPresent() || profile.moe();
      assertEquals(
          (options.sparseThreshold().isPresent() && !ssm)
              || (sparse && profile.sparse() && options.svdK().isPresent()),
          profile.sparse());
      assertEquals(options.mpoChiMax().isPresent() && !ssm, profile.mpo());
      for (boolean flag : new boolean[] {false, true}) {
        InferencePath path =
            Router.route(new Router.Request(RouterTable.BATCHING, profile, 9, 512, flag, List.of()))
                .path();
        if (profile.sparse() || profile.mpo() || (profile.svd() && !flag)) {
          assertEquals(new InferencePath.DecodeStyle(), path);
        } else if (profile.svd()) {
          assertEquals(new InferencePath.SvdOptimized(), path);
        }
      }
    }
  }

  private static double nmse(GgufTensor tensor, ModelFile after) {
    Matrix read =
        after
            .compressed(tensor.name())
            .orElseGet(
                () -> {
                  GgufTensor plain = after.tensor(tensor.name()).orElseThrow();
                  return new Tensor(
                      plain.name(), plain.type(), plain.rows(), (int) plain.cols(), plain.data());
                });
    return DenseSource.of(tensor).nmse(read);
  }

  @Test
  void compressedTensorsAndUnknownKeysSurviveAnotherConversion() {
    Path first =
        converted(
            LEXICON,
            new ConvertOptions(
                OptionalInt.of(8),
                OptionalDouble.empty(),
                1e-6,
                false,
                OptionalInt.empty(),
                OptionalInt.of(2),
                ConvertOptions.Rotation.NONE,
                true,
                Map.of("kv_lora_dim", 64, "future_key", List.of(1, 2))));
    Path second = folder.resolve("second.rfm");
    try (Model model = Model.open(first)) {
      assertEquals(2, model.config().layerCount());
      new Converter(model, ConvertOptions.LOSSLESS).write(second, (tensor, done, total) -> {});
    }
    try (RfmFile before = RfmFile.open(first);
        RfmFile after = RfmFile.open(second)) {
      assertEquals(before.rfmMetadata().fields(), after.rfmMetadata().fields());
      assertEquals(2, after.rfmMetadata().fields().get("num_layers").asInt());
      assertEquals(64, after.rfmMetadata().fields().get("kv_lora_dim").asInt());
      assertEquals("[1,2]", after.rfmMetadata().fields().get("future_key").toString());
      assertEquals(before.rfmMetadata().checksums(), after.rfmMetadata().checksums());
    }
    int[] tokens = {5, 6, 7};
    assertArrayEquals(logits(first, tokens).getLast(), logits(second, tokens).getLast());
  }
}
