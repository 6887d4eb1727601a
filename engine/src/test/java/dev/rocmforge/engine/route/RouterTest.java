package dev.rocmforge.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.InferencePath.CpuFallback;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both tables, row by row. */
final class RouterTest {
  private static final List<String> NO_OBSTACLE = List.of();

  /** Columns: formats, traits, prompt tokens, experimental kernels, documented path, ours. */
  @ParameterizedTest(name = "{0} {1} {2} tokens, experimental {3}: {4} / {5}")
  @CsvSource({
    "Q4_0, -, 1, false, DecodeStyle, DecodeStyle",
    "Q4_0, -, 2, false, BatchedPrefill(max_seq=512), BatchedPrefill(max_seq=512)",
    "Q4_0, -, 511, false, BatchedPrefill(max_seq=512), BatchedPrefill(max_seq=512)",
    "Q4_0, -, 512, false, BatchedPrefill(max_seq=512), BatchedPrefill(max_seq=512)",
    "Q4_0, -, 513, false, DecodeStyle, BatchedPrefill(max_seq=512)",
    "Q4_0, -, 5000, false, DecodeStyle, BatchedPrefill(max_seq=512)",
    "Q4_0+Q4_1, -, 12, false, DecodeStyle, BatchedPrefill(max_seq=512)",
    "Q4_K+Q6_K, -, 12, false, DecodeStyle, BatchedPrefill(max_seq=512)",
    "Q4_K+Q6_K, -, 1, false, DecodeStyle, DecodeStyle",
    "Q4_0, moe, 12, false, DecodeStyle, BatchedPrefill(max_seq=512)",
    "Q4_0, ssm, 12, false, DecodeStyle, BatchedPrefill(max_seq=512)",
    "Q4_0, moe, 1, false, DecodeStyle, DecodeStyle",
    "Q4_0, sparse, 12, false, DecodeStyle, DecodeStyle",
    "Q4_0, sparse, 12, true, DecodeStyle, DecodeStyle",
    "Q4_0, mpo, 12, false, DecodeStyle, DecodeStyle",
    "Q4_0, mpo, 12, true, DecodeStyle, DecodeStyle",
    "Q4_0, svd, 12, false, DecodeStyle, DecodeStyle",
    "Q4_0, svd, 12, true, SvdOptimized, SvdOptimized",
    "Q4_0, svd, 1, true, SvdOptimized, SvdOptimized",
    "Q4_0, svd sparse, 12, true, DecodeStyle, DecodeStyle",
    "Q4_0, svd mpo, 12, true, DecodeStyle, DecodeStyle"
  })
  void bothTables(
      String types,
      String traits,
      int tokens,
      boolean experimental,
      String documented,
      String ours) {
    ModelProfile profile = profile(types, traits);
    Route toTheLetter = route(RouterTable.DOCUMENTED, profile, tokens, experimental, NO_OBSTACLE);
    assertEquals(documented, toTheLetter.path().toString());
    assertEquals(3, toTheLetter.lines().size(), "nothing differs from the documented table");

    Route batching = route(RouterTable.BATCHING, profile, tokens, experimental, NO_OBSTACLE);
    assertEquals(ours, batching.path().toString());
    assertEquals(
        !documented.equals(ours), batching.documented().isPresent(), "a difference is said");
  }

  @ParameterizedTest
  @EnumSource(QuantType.class)
  void onlyPureQ40IsBatchedByTheDocumentedTable(QuantType type) {
    ModelProfile profile = profile(type.name(), "-");
    String path = type == QuantType.Q4_0 ? "BatchedPrefill(max_seq=512)" : "DecodeStyle";
    assertEquals(
        path, route(RouterTable.DOCUMENTED, profile, 12, false, NO_OBSTACLE).path().toString());
    assertEquals(
        "BatchedPrefill(max_seq=512)",
        route(RouterTable.BATCHING, profile, 12, false, NO_OBSTACLE).path().toString());
  }

  @ParameterizedTest
  @EnumSource(RouterTable.class)
  void anObstacleBeatsEveryRule(RouterTable table) {
    List<String> obstacles = List.of("no GPU kernel for IQ4_NL (blk.0.attn_q.weight)", "VRAM");
    for (String traits : List.of("-", "sparse", "svd", "moe")) {
      Route route = route(table, profile("Q4_0", traits), 12, true, obstacles);
      String reason = "no GPU kernel for IQ4_NL (blk.0.attn_q.weight); VRAM";
      assertEquals(new CpuFallback(reason), route.path());
      assertEquals("CpuFallback(" + reason + ")", route.path().toString());
      assertEquals(3, route.lines().size());
    }
  }

  @Test
  void linesAsDocumentedThenTheReason() {
    assertEquals(
        List.of(
            "[Router] Model profile: arch=qwen2, quant=Q4_0",
            "[Router] Selected path: BatchedPrefill(max_seq=512)",
            "[Router] Reason: prompt of 12 tokens in 1 pass of at most 512"),
        route(RouterTable.BATCHING, profile("Q4_0", "-"), 12, false, NO_OBSTACLE).lines());
    assertEquals(
        List.of(
            "[Router] Model profile: arch=qwen2, quant=Mixed(Q4_0+Q6_K), moe",
            "[Router] Selected path: BatchedPrefill(max_seq=512)",
            "[Router] Reason: prompt of 700 tokens in 2 passes of at most 512",
            "[Router] Documented table: DecodeStyle (mixture-of-experts model);"
                + " --router documented keeps it"),
        route(RouterTable.BATCHING, profile("Q4_0+Q6_K", "moe"), 700, false, NO_OBSTACLE).lines());
  }

  @Test
  void theChunkIsNamed() {
    Router.Request request =
        new Router.Request(RouterTable.BATCHING, profile("Q8_0", "-"), 40, 16, false, NO_OBSTACLE);
    Route route = Router.route(request);
    assertEquals("BatchedPrefill(max_seq=16)", route.path().toString());
    assertEquals("prompt of 40 tokens in 3 passes of at most 16", route.reason());
  }

  @Test
  void anUnknownTableIsRefused() {
    assertEquals(RouterTable.DOCUMENTED, RouterTable.of("documented"));
    InputException refused = assertThrows(InputException.class, () -> RouterTable.of("Documented"));
    assertEquals(
        "--router: one of batching, documented needed, Documented found", refused.getMessage());
  }

  private static Route route(
      RouterTable table,
      ModelProfile profile,
      int tokens,
      boolean experimental,
      List<String> obstacles) {
    return Router.route(new Router.Request(table, profile, tokens, 512, experimental, obstacles));
  }

  private static ModelProfile profile(String types, String traits) {
    Set<String> words = Set.of(traits.split(" "));
    return new ModelProfile(
        "qwen2",
        Arrays.stream(types.split("\\+")).map(QuantType::valueOf).collect(Collectors.toSet()),
        words.contains("svd"),
        words.contains("sparse"),
        words.contains("mpo"),
        words.contains("moe"),
        words.contains("ssm"));
  }
}
