package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Probe;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.route.ExpertMemory;
import dev.rocmforge.engine.route.ExpertPaging;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paged experts on the emulated device: the same bits as all of them there, and fewer copies. */
final class ExpertPagingTest {
  private static final SessionOptions OPTIONS = new SessionOptions(64, 16, KvType.F32);
  private static final int VOCABULARY = 320;

  @TempDir private Path folder;

  private static GpuOptions options(boolean q8) {
    return EmulatedGpu.floats()
        .withGraph(Choice.AUTO)
        .withQ8Activations(q8 ? Choice.ON : Choice.OFF);
  }

  private static ExpertPaging share(double percent, boolean prefetch) {
    return new ExpertPaging(new ExpertMemory.Share(percent), prefetch);
  }

  /** Logits of every way to run: a prompt in passes, singles, all positions, and picked tokens. */
  private static List<float[]> everything(GpuSession session) {
    List<float[]> rows = new ArrayList<>();
    rows.add(session.prefill(EmulatedGpu.prompt(20, VOCABULARY)).clone());
    for (int token : new int[] {3, 200, 17}) {
      rows.add(session.step(token).clone());
    }
    session.forward(EmulatedGpu.prompt(7, VOCABULARY), (_, row) -> rows.add(row.clone()));
    session.steps(EmulatedGpu.prompt(5, VOCABULARY), (_, row) -> rows.add(row.clone()));
    int first = session.prefillGreedy(new int[] {9, 8});
    int[] picked = new int[4];
    session.nextGreedy(picked);
    rows.add(new float[] {first, picked[0], picked[1], picked[2], picked[3]});
    return rows;
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), "row " + i);
    }
  }

  /** F32 up beside F16 gate in one layer and Q8_0 in the other: two pools, joined and not. */
  private Path mixed() {
    return new MixtureVariant()
        .type("blk.0.ffn_up_exps.weight", QuantType.F32)
        .type("blk.1.ffn_gate_exps.weight", QuantType.Q8_0)
        .type("blk.1.ffn_up_exps.weight", QuantType.Q8_0)
        .type("blk.1.ffn_down_exps.weight", QuantType.Q8_0)
        .write(folder.resolve("mixed.gguf"));
  }

  @ParameterizedTest
  @CsvSource({
    "12.5,true,true",
    "12.5,false,false",
    "50,true,false",
    "50,false,true",
    "100,true,true"
  })
  void bitsAreThoseOfFullResidency(double percent, boolean prefetch, boolean q8) {
    try (Model model = Model.open(mixed());
        GpuBackend backend = EmulatedGpu.open(options(q8))) {
      List<float[]> expected;
      try (GpuSession session = backend.open(model, OPTIONS)) {
        expected = everything(session);
        assertTrue(session.expertTraffic().isEmpty());
      }
      try (GpuSession session =
          backend.open(model, OPTIONS, Probe.NONE, share(percent, prefetch))) {
        assertSame(expected, everything(session));
        ExpertTraffic traffic = session.expertTraffic().orElseThrow();
        assertEquals(16, traffic.experts());
        assertEquals(Math.max(4, (int) (0.16 * percent)), traffic.slots());
        assertTrue(traffic.asked() > traffic.hits() && traffic.stallMillis() > 0, traffic::words);
        assertTrue(percent < 100 || traffic.asked() - traffic.hits() + traffic.prefetched() <= 16);
        assertEquals(prefetch, traffic.prefetched() > 0);
        GraphHealth health = session.graphHealth();
        assertEquals(0, health.replays());
        assertTrue(health.fallbacks() > 0 && health.words().contains("experts are paged"));
      }
    }
  }

  /** The device refuses all experts at once, and runs with some of them. */
  @Test
  void aDeviceTooSmallForAllOfThem() {
    Path file = new MixtureVariant().write(folder.resolve("plain.gguf"));
    ExpertPaging quarter = share(25, true);
    try (Model model = Model.open(file)) {
      GpuMemoryPlan all = GpuMemoryPlan.of(model, OPTIONS);
      GpuMemoryPlan some = GpuMemoryPlan.of(model, OPTIONS, quarter.memory());
      assertTrue(some.totalBytes() < all.residentBytes());
      List<float[]> expected;
      try (GpuBackend backend = EmulatedGpu.open(options(false))) {
        try (GpuSession session = backend.open(model, OPTIONS)) {
          expected = everything(session);
        }
      }
      // Between the two plans, so that rounding of buffers does not decide.
      memory(Long.toString((some.totalBytes() + all.residentBytes()) / 2));
      try (GpuBackend backend = EmulatedGpu.open(options(false))) {
        HipException refused = assertThrows(HipException.class, () -> backend.open(model, OPTIONS));
        assertTrue(refused.outOfMemory(), refused.getMessage());
        try (GpuSession session = backend.open(model, OPTIONS, Probe.NONE, quarter)) {
          assertSame(expected, everything(session));
        }
      } finally {
        memory("8G");
      }
    }
  }

  private static void memory(String size) {
    try (GpuBackend backend = EmulatedGpu.open(options(false))) {
      backend.runtime().standIn().orElseThrow().configure("ROCMFORGE_EMULATION_VRAM", size);
    }
  }

  /** The ledger is the plan; memory is given back. */
  @Test
  void memoryIsWhatWasPlanned() {
    try (Model model = Model.open(mixed());
        GpuBackend backend = EmulatedGpu.open(options(false))) {
      GpuMemoryPlan plan = GpuMemoryPlan.of(model, OPTIONS, new ExpertMemory.Share(50));
      long least = GpuMemoryPlan.leastExpertBytes(model);
      for (long bytes : new long[] {least, least + 50_000, Long.MAX_VALUE / 4}) {
        GpuMemoryPlan given = GpuMemoryPlan.of(model, OPTIONS, new ExpertMemory.Bytes(bytes));
        assertTrue(expertBytes(given) <= bytes);
      }
      assertThrows(
          InputException.class,
          () -> GpuMemoryPlan.of(model, OPTIONS, new ExpertMemory.Bytes(least - 1)));
      try (GpuSession session = backend.open(model, OPTIONS, Probe.NONE, share(50, true))) {
        session.prefill(new int[5]);
        assertEquals(plan.residentBytes(), backend.runtime().ledger().deviceBytes());
      }
      assertEquals(
          plan.bytesByUse().get(GpuMemoryPlan.Use.WEIGHTS),
          backend.runtime().ledger().deviceBytes());
    }
  }

  private static long expertBytes(GpuMemoryPlan plan) {
    return plan.buffers().stream()
        .filter(buffer -> buffer.name().startsWith("experts: pool"))
        .mapToLong(GpuMemoryPlan.Buffer::bytes)
        .sum();
  }

  @Test
  void aBudgetWithoutAMixtureAndAGraphBesideOneAreRefused() {
    Path dense = EmulatedGpu.synthetic(folder, QuantType.Q8_0);
    try (Model model = Model.open(dense);
        Model mixture = Model.open(mixed());
        GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats())) {
      ExpertPaging half = share(50, true);
      assertThrows(InputException.class, () -> backend.open(model, OPTIONS, Probe.NONE, half));
      assertThrows(InputException.class, () -> backend.open(mixture, OPTIONS, Probe.NONE, half));
    }
  }

  /**
   * Half of the experts on the device and more of them in use. Where the commoner half takes more
   * than nine choices in ten, at least four in five are found there, the first ones included. Where
   * it takes less, fetching ahead finds more.
   */
  @ParameterizedTest
  @CsvSource({"0.1", "0.5"})
  void aSkewedRouterHits(float step) {
    Path file = MixtureVariant.skewed(step).write(folder.resolve("skewed.gguf"));
    try (Model model = Model.open(file);
        GpuBackend backend = EmulatedGpu.open(options(false))) {
      int[] counts = new int[16];
      ExpertTraffic without = traffic(backend, model, false, counts);
      ExpertTraffic ahead = traffic(backend, model, true, new int[16]);
      double common = Arrays.stream(counts).sorted().skip(8).sum() / 240.0;
      String words = common + "; " + without.words() + "; " + ahead.words();
      assertEquals(240, without.asked());
      assertEquals(8, without.slots());
      assertTrue(Arrays.stream(counts).filter(count -> count > 0).count() > 8, words);
      if (common > 0.9) {
        assertTrue(without.hitRate() >= 0.8 && ahead.hitRate() >= 0.8, words);
      } else {
        assertTrue(ahead.hits() > without.hits() && ahead.prefetchedUsed() > 0, words);
      }
      assertEquals(step > 0.2, common > 0.9, words);
    }
  }

  private static ExpertTraffic traffic(
      GpuBackend backend, Model model, boolean prefetch, int[] counts) {
    try (GpuSession session = backend.open(model, OPTIONS, Probe.NONE, share(50, prefetch))) {
      for (int i = 0; i < 60; i++) {
        session.step((i * 37 + i * i * 11) % VOCABULARY);
        int[][] chosen = session.chosenExperts(1);
        for (int layer = 0; layer < chosen.length; layer++) {
          for (int expert : chosen[layer]) {
            counts[layer * 8 + expert]++;
          }
        }
      }
      return session.expertTraffic().orElseThrow();
    }
  }
}
