package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.hip.AllocationLedger;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.quant.QuantType;
import dev.rocmforge.engine.synthetic.ModelShape;
import dev.rocmforge.engine.synthetic.SyntheticModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is allocated is what was planned, byte for byte. */
class GpuMemoryPlanTest {
  private static final SessionOptions OPTIONS = new SessionOptions(100, 16, KvType.F16);

  static List<Oracle> models() {
    return Oracle.all();
  }

  @ParameterizedTest
  @MethodSource("models")
  void ledgerIsThePlan(Oracle oracle) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = Model.open(oracle.model())) {
      GpuMemoryPlan plan = GpuMemoryPlan.of(model, OPTIONS);
      Map<String, Long> planned = new TreeMap<>();
      for (GpuMemoryPlan.Buffer buffer : plan.buffers()) {
        if (buffer.use() != GpuMemoryPlan.Use.STAGING && buffer.use() != GpuMemoryPlan.Use.GRAPH) {
          assertEquals(null, planned.put(buffer.name(), buffer.bytes()), buffer.name());
        }
      }
      AllocationLedger ledger = backend.runtime().ledger();
      try (GpuSession session = backend.open(model, OPTIONS)) {
        session.prefill(new int[20]);
        session.step(1);
        assertEquals(planned, ledger.bytesByPurpose());
        assertEquals(plan.residentBytes(), ledger.deviceBytes());
        assertTrue(ledger.peakDeviceBytes() <= plan.totalBytes());
        session.prefillGreedy(new int[2]);
        session.nextGreedy();
        GraphHealth health = session.graphHealth();
        assertTrue(health.bytes() > 0 && health.withinReservation(), health::words);
      }
    }
  }

  @Test
  void whatOnlyTheCpuRunsIsRefused() {
    try (Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      KvLatent latent = KvLatent.truncation(1, 8, 8, 4);
      InputException ofLatent =
          assertThrows(
              InputException.class, () -> GpuMemoryPlan.of(model, OPTIONS.withLatent(latent)));
      assertTrue(ofLatent.getMessage().contains("latent KV runs on the CPU alone"));
      InputException ofState =
          assertThrows(
              InputException.class, () -> GpuMemoryPlan.of(model, OPTIONS.withAdaState(true)));
      assertTrue(ofState.getMessage().contains("AdaState runs on the CPU alone"));
    }
  }

  /** Every buffer, rounded as the device does, and the graphs: what the device then lacks. */
  @Test
  void theTableIsWhatTheDeviceLacks(@TempDir Path folder) {
    var shape =
        new ModelShape(
            "wide", "qwen2", 2, 256, 512, 4, 2, 64, 40000, 256, 1e6, 1e-6, false, true, false,
            "qwen2", null);
    Path file = folder.resolve("wide.gguf");
    new SyntheticModel(shape, QuantType.Q8_0, true, 3).write(file, _ -> {});
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = Model.open(file)) {
      GpuMemoryPlan plan = GpuMemoryPlan.of(model, OPTIONS);
      long planned = plan.totalBytes() - plan.bytesByUse().get(GpuMemoryPlan.Use.STAGING);
      long before = backend.device().memory().freeBytes();
      try (GpuSession session = backend.open(model, OPTIONS)) {
        session.prefillGreedy(new int[20]);
        session.nextGreedy();
        session.step(1);
        long held = before - backend.device().memory().freeBytes();
        long graphs = session.graphHealth().bytes();
        assertTrue(graphs > 0);
        assertTrue(held >= plan.residentBytes() + graphs);
        assertTrue(Math.abs(planned - held) <= 0.01 * held, planned + " planned, held " + held);
      }
      long weights = plan.bytesByUse().get(GpuMemoryPlan.Use.WEIGHTS);
      long kept = before - backend.device().memory().freeBytes();
      assertTrue(kept >= weights && kept < 1.01 * weights, "a closed session's graphs: " + kept);
    }
  }

  /** An emulated device without room for a graph's arguments refuses as for any allocation. */
  @Test
  void graphsTakeMemory() {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = Model.open(Oracle.named("qwen2-tied").model());
        GpuSession session = backend.open(model, OPTIONS)) {
      session.prefill(new int[20]);
      long free = backend.device().memory().freeBytes();
      try (var filler = backend.device().allocate("filler", free / 256 * 256)) {
        HipException refused = assertThrows(HipException.class, () -> session.step(1));
        assertTrue(refused.outOfMemory(), refused.getMessage() + filler);
        assertEquals("hipGraphInstantiate", refused.function());
      }
    }
  }

  /** Two sessions share the weights; a backend keeps them for the next session. */
  @Test
  void weightsAreSharedAndStay() {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      GpuMemoryPlan plan = GpuMemoryPlan.of(model, OPTIONS);
      long weights = plan.bytesByUse().get(GpuMemoryPlan.Use.WEIGHTS);
      AllocationLedger ledger = backend.runtime().ledger();
      try (GpuSession first = backend.open(model, OPTIONS);
          GpuSession second = backend.open(model, OPTIONS)) {
        assertEquals(first.position(), second.position());
        assertEquals(2 * plan.residentBytes() - weights, ledger.deviceBytes());
      }
      assertEquals(weights, ledger.deviceBytes());
    }
  }

  /** Out of memory while the session's buffers are made leaves nothing behind. */
  @Test
  void failedOpeningFreesAll() {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats());
        Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      backend.runtime().standIn().orElseThrow().setFaults("hipMalloc:12=2");
      HipException refused = assertThrows(HipException.class, () -> backend.open(model, OPTIONS));
      backend.runtime().standIn().orElseThrow().setFaults("");
      assertTrue(refused.outOfMemory(), refused.getMessage());
      assertEquals(0, backend.runtime().ledger().balance());
      backend.open(model, OPTIONS).close();
    }
  }
}
