package dev.rocmforge.engine.gpu;

import static dev.rocmforge.engine.gpu.EmulatedGpu.prompt;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.cpu.Oracle;
import dev.rocmforge.engine.hip.HipException;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.engine.hip.StandIn;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failure at every HIP call in turn: a typed error, nothing left behind, and a session after. */
class GpuFaultTest {
  private static final SessionOptions OPTIONS = new SessionOptions(64, 16, KvType.F32);

  /** {@code hipErrorLaunchFailure}. */
  private static final int CODE = 719;

  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"ON", "OFF"})
  void everyCallOfADecodeStep(Choice graph) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats().withGraph(graph));
        Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      int[] prompt = prompt(5, model.config().vocabularySize());
      StandIn emulation = backend.runtime().standIn().orElseThrow();
      float[] expected;
      long calls;
      try (GpuSession session = backend.open(model, OPTIONS)) {
        session.prefill(prompt);
        emulation.setFaults("");
        expected = session.step(7).clone();
        calls = emulation.callCount();
      }
      assertTrue(calls > 4, calls + " calls");
      for (int call = 1; call <= calls; call++) {
        GpuSession session = backend.open(model, OPTIONS);
        session.prefill(prompt);
        emulation.setFaults("*:" + call + "=" + CODE);
        HipException failure = assertThrows(HipException.class, () -> session.step(7));
        emulation.setFaults("");
        assertEquals(CODE, failure.code());
        assertEquals(0, backend.runtime().ledger().balance(), failure.getMessage());
        assertEquals(0, emulation.liveAllocations(), failure.getMessage());
        assertThrows(IllegalStateException.class, () -> session.step(7));
        session.close();
      }
      try (GpuSession session = backend.open(model, OPTIONS)) {
        session.prefill(prompt);
        assertArrayEquals(expected, session.step(7));
      }
    }
  }

  /** A fault that loses the context, at the first, a middle and the last call of a step. */
  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"ON", "OFF"})
  void aLostContextIsMadeAnew(Choice graph) {
    try (GpuBackend backend = EmulatedGpu.open(EmulatedGpu.floats().withGraph(graph));
        Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      int[] prompt = prompt(5, model.config().vocabularySize());
      StandIn emulation = backend.runtime().standIn().orElseThrow();
      float[] expected;
      long calls;
      try (GpuSession session = backend.open(model, OPTIONS)) {
        session.prefill(prompt);
        emulation.setFaults("");
        expected = session.step(7).clone();
        calls = emulation.callCount();
      }
      for (long call : new long[] {1, calls / 2, calls}) {
        GpuSession session = backend.open(model, OPTIONS);
        GpuSession other = backend.open(model, OPTIONS);
        session.prefill(prompt);
        emulation.setFaults("*:" + call + "=" + CODE + "!");
        HipException failure = assertThrows(HipException.class, () -> session.step(7));
        emulation.setFaults("");
        assertTrue(failure.contextLost());
        assertTrue(failure.getMessage().contains("injected"), failure.getMessage());
        // The other session's memory went with the context; until it is closed nothing can begin.
        assertThrows(EnvironmentException.class, () -> backend.open(model, OPTIONS));
        if (call == 1) {
          assertThrows(HipException.class, () -> other.prefill(prompt));
        }
        other.close();
        session.close();
        assertEquals(0, backend.runtime().ledger().balance(), failure.getMessage());
        assertEquals(0, emulation.liveAllocations(), failure.getMessage());
        try (GpuSession next = backend.open(model, OPTIONS)) {
          next.prefill(prompt);
          assertArrayEquals(expected, next.step(7));
        }
      }
    }
  }

  /**
   * A stream whose work never ends: every question is answered with "not ready". The step ends with
   * a typed error within its time, and closing asks the device for nothing.
   */
  @Test
  void aHungStreamEndsTheWait() {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.put("ROCMFORGE_DEVICE_TIMEOUT", "1");
    EmulatedGpu.open(EmulatedGpu.floats()).close(); // skips where there is no compiler
    HipSettings settings = HipSettings.of(variables).withKind(RuntimeKind.CPU_EMULATION);
    try (GpuBackend backend = GpuBackend.open(settings, EmulatedGpu.floats());
        Model model = Model.open(Oracle.named("qwen2-tied").model())) {
      int[] prompt = prompt(5, model.config().vocabularySize());
      StandIn emulation = backend.runtime().standIn().orElseThrow();
      GpuSession session = backend.open(model, OPTIONS.withKvType(KvType.TURBO4));
      session.prefill(prompt);
      emulation.setFaults("hipStreamQuery=600");
      HipException hung =
          assertTimeout(
              Duration.ofSeconds(20),
              () -> assertThrows(HipException.class, () -> session.step(7)));
      assertEquals("hipErrorLaunchTimeOut", hung.codeName());
      assertTrue(hung.getMessage().contains("not done after 1 s"), hung.getMessage());
      assertTrue(hung.contextLost());
      emulation.setFaults("*=" + CODE); // whoever asks the device now fails
      session.close();
      assertEquals(0, backend.runtime().ledger().balance());
      assertThrows(EnvironmentException.class, () -> backend.open(model, OPTIONS));
      emulation.setFaults("");
    }
    try (GpuBackend next = EmulatedGpu.open(EmulatedGpu.floats())) {
      next.device().reset(); // the memory that the hung device kept
      assertEquals(0, next.runtime().standIn().orElseThrow().liveAllocations());
    }
  }
}
