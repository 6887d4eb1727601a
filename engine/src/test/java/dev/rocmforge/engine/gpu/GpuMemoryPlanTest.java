package dev.rocmforge.engine.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.hip.AllocationLedger;
import dev.rocmforge.engine.hip.HipException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
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
        if (buffer.use() != GpuMemoryPlan.Use.STAGING) {
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
