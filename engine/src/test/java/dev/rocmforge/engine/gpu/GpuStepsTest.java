package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.gpu.CrossWay.Weights;
import dev.rocmforge.engine.quant.QuantType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokens that run together on the device have the logits, to the bit, that they have one by one.
 */
class GpuStepsTest {
  /** Joined and split projections, dense and mixed feed-forward parts. */
  private static final Set<String> SIGNED_BYTES = Set.of("qwen2-tied", "qwen2moe", "qwen3");

  @TempDir private Path folder;

  static Stream<Arguments> ways() {
    return Oracle.all().stream()
        .flatMap(
            oracle ->
                SIGNED_BYTES.contains(oracle.name())
                    ? Stream.of(
                        Arguments.of(oracle, KvType.F32, Choice.OFF),
                        Arguments.of(oracle, KvType.F16, Choice.ON))
                    : Stream.of(Arguments.of(oracle, KvType.F32, Choice.OFF)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyFamily(Oracle oracle, KvType kvType, Choice q8) {
    Weights weights = q8 == Choice.ON ? Weights.Q4_0 : Weights.F16;
    try (CrossReference reference =
        CrossReference.open(oracle, weights, folder, CrossReference.CAPACITY)) {
      assertSame(reference.model, kvType, q8, 56);
    }
  }

  /** Enough rows for blocks that share a row among waves. */
  @ParameterizedTest
  @EnumSource(
      value = QuantType.class,
      names = {"Q4_0", "Q6_K"})
  void everyKindOfBlock(QuantType type) {
    try (Model model = Model.open(EmulatedGpu.synthetic(folder, type))) {
      assertSame(model, KvType.F32, Choice.ON, 120);
    }
  }

  /** Batches of one to eight, across a change of the attention's splits. */
  private static void assertSame(Model model, KvType kvType, Choice q8, int depth) {
    int[] tokens = EmulatedGpu.prompt(depth + 21, model.config().vocabularySize());
    var options = new SessionOptions(depth + 30, 8, kvType);
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats().withQ8Activations(q8));
        Session singles = backend.open(model, options);
        Session together = backend.open(model, options)) {
      int[] prompt = Arrays.copyOf(tokens, depth);
      assertArrayEquals(singles.prefill(prompt).clone(), together.prefill(prompt), 0);
      List<float[]> expected = new ArrayList<>();
      for (int i = depth; i < tokens.length; i++) {
        expected.add(singles.step(tokens[i]).clone());
      }
      for (int from = depth, count = 1; from < tokens.length; from += count++) {
        int to = Math.min(from + count, tokens.length);
        int[] next = {from};
        together.steps(
            Arrays.copyOfRange(tokens, from, to),
            (position, logits) -> {
              assertEquals(next[0], position);
              assertArrayEquals(expected.get(next[0]++ - depth), logits, 0, "position " + position);
            });
        assertEquals(to, next[0]);
        assertEquals(to, together.position());
      }
    }
  }
}
