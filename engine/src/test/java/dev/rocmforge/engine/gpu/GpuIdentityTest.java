package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.cpu.scalar.ScalarBackend;
import dev.rocmforge.engine.gpu.CrossWay.Prefill;
import dev.rocmforge.engine.gpu.CrossWay.Weights;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Paths of the same arithmetic pick the same tokens: 32 greedy ones and 128 sampled with a seed.
 * {@code ci/gpu-full} compares all ways, here are those that differ most.
 */
class GpuIdentityTest {
  @TempDir private Path folder;

  static List<Oracle> models() {
    return Oracle.all();
  }

  private static CrossWay batched(Weights weights, KvType kvType, boolean q8) {
    return new CrossWay(weights, Prefill.BATCHED, true, 32, kvType, q8);
  }

  private static CrossWay singles(Weights weights, KvType kvType, boolean q8) {
    return new CrossWay(weights, Prefill.SINGLE, false, 64, kvType, q8);
  }

  @ParameterizedTest
  @MethodSource("models")
  void floatsPickTheTokensOfTheReference(Oracle oracle) {
    try (CrossReference reference = reference(oracle, Weights.F16)) {
      int[][] expected = scalar(reference, KvType.F32);
      assertTokens(expected, tokens(reference, batched(Weights.F16, KvType.F32, false)));
      assertTokens(expected, tokens(reference, singles(Weights.F16, KvType.F32, false)));
    }
  }

  @Test
  void halfCachesPickTheTokensOfTheReference() {
    try (CrossReference reference = reference(Oracle.named("qwen2-tied"), Weights.F16)) {
      int[][] expected = scalar(reference, KvType.F16);
      assertTokens(expected, tokens(reference, batched(Weights.F16, KvType.F16, false)));
      assertTokens(expected, tokens(reference, singles(Weights.F16, KvType.F16, false)));
    }
  }

  /** In waves of one size: the order of sums decides which bytes are rounded up. */
  @Test
  void signedBytesPickTheSameTokens() {
    try (CrossReference reference = reference(Oracle.named("qwen2-tied"), Weights.Q4_0)) {
      CrossWay way = batched(Weights.Q4_0, KvType.F32, true);
      CrossWay other = new CrossWay(Weights.Q4_0, Prefill.BATCHED, false, 32, KvType.F32, true);
      assertTokens(tokens(reference, way), tokens(reference, other));
    }
  }

  private CrossReference reference(Oracle oracle, Weights weights) {
    return CrossReference.open(oracle, weights, folder, CrossReference.CAPACITY);
  }

  private static int[][] scalar(CrossReference reference, KvType kvType) {
    try (ScalarBackend backend = new ScalarBackend();
        Session session =
            backend.open(
                reference.model, new SessionOptions(CrossReference.CAPACITY, 128, kvType))) {
      return reference.generate(session, false).tokens().toArray(int[][]::new);
    }
  }

  private static int[][] tokens(CrossReference reference, CrossWay way) {
    try (GpuBackend backend = EmulatedGpu.open(way.options());
        Session session = backend.open(reference.model, way.session(CrossReference.CAPACITY))) {
      return reference
          .generate(session, way.prefill() == Prefill.SINGLE)
          .tokens()
          .toArray(int[][]::new);
    }
  }

  private static void assertTokens(int[][] expected, int[][] found) {
    assertArrayEquals(expected[0], found[0], "greedy");
    assertArrayEquals(expected[1], found[1], "sampled");
  }
}
