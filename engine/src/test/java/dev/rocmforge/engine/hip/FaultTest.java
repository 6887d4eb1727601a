package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.InputException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Injected faults become typed errors, leave nothing open, and the next run works. */
class FaultTest {
  private static final String DOUBLE = "RF_KERNEL void twice(float* x) { x[thread_x()] *= 2; }";

  /** Everything a small job does; its owners close in any case. */
  private static float job(HipRuntime runtime, byte[] code) {
    Device device = runtime.device(0);
    try (Stream stream = device.newStream();
        DeviceBuffer x = device.allocate("x", 64);
        PinnedBuffer host = device.allocatePinned("host", 64);
        Module module = device.load(code);
        Event event = device.newEvent();
        Arena arena = Arena.ofConfined()) {
      host.segment().fill((byte) 0);
      host.segment().set(ValueLayout.JAVA_FLOAT, 0, 21);
      Kernel twice = module.kernel("twice");
      KernelArguments arguments = new KernelArguments(1, arena).set(0, x);
      x.upload(0, host.segment(), stream);
      stream.beginCapture();
      try {
        twice.launch(stream, 1, 16, 0, arguments);
      } catch (HipException e) {
        stream.endCapture().close();
        throw e;
      }
      try (Graph graph = stream.endCapture();
          GraphExec exec = graph.instantiate()) {
        exec.launch(stream);
      }
      event.record(stream);
      stream.synchronize();
      x.download(0, host.segment());
      return host.segment().get(ValueLayout.JAVA_FLOAT, 0);
    }
  }

  @Test
  void aFaultAtEachCallInTurnLeaksNothing() {
    try (Emulation emulation = Emulation.open()) {
      HipRuntime runtime = emulation.runtime;
      StandIn standIn = runtime.standIn().orElseThrow();
      byte[] code = emulation.compile(DOUBLE);
      int balance = runtime.ledger().balance();
      standIn.setFaults("");
      assertEquals(42, job(runtime, code));
      long calls = standIn.callCount();
      assertTrue(calls > 20, calls + " calls");
      for (long call = 1; call <= calls; call++) {
        standIn.setFaults("*:" + call + "=719");
        HipException failed =
            assertThrows(HipException.class, () -> job(runtime, code), "call " + call);
        assertEquals("hipErrorLaunchFailure", failed.codeName());
        assertTrue(failed.getMessage().contains("injected"), failed.getMessage());
        assertEquals(balance, runtime.ledger().balance(), "after a fault in call " + call);
        standIn.setFaults("");
        assertEquals(42, job(runtime, code), "after a fault in call " + call);
      }
      emulation.recover(); // what a failed free left behind in the runtime
      Device.Memory memory = emulation.device.memory();
      assertEquals(memory.totalBytes(), memory.freeBytes());
    }
  }

  @Test
  void memoryRunsOutAtASizeAndAtTheEndOfTheDevice() {
    try (Emulation emulation = Emulation.open()) {
      emulation.runtime.standIn().orElseThrow().setFaults("hipMalloc>1000=2");
      emulation.own(emulation.device.allocate("small", 999));
      HipException failed =
          assertThrows(HipException.class, () -> emulation.device.allocate("large", 1000));
      assertTrue(failed.outOfMemory());
      assertTrue(failed.getMessage().contains("1000 bytes for large"), failed.getMessage());
      emulation.runtime.standIn().orElseThrow().setFaults("");
      Device.Memory memory = emulation.device.memory();
      assertEquals(memory.totalBytes(), emulation.device.properties().memoryBytes());
      assertTrue(
          assertThrows(
                  HipException.class,
                  () -> emulation.device.allocate("all", memory.freeBytes() + 1))
              .outOfMemory());
    }
  }

  @Test
  void onlyTheNamedCallOfTheFunctionFails() {
    try (Emulation emulation = Emulation.open()) {
      Kernel twice = emulation.kernel("twice", DOUBLE);
      DeviceBuffer x = emulation.buffer(1);
      KernelArguments arguments = emulation.arguments(1).set(0, x);
      emulation.runtime.standIn().orElseThrow().setFaults("hipModuleLaunchKernel:2=719");
      twice.launch(emulation.stream, 1, 1, 0, arguments);
      HipException failed =
          assertThrows(
              HipException.class, () -> twice.launch(emulation.stream, 1, 1, 0, arguments));
      assertEquals("hipModuleLaunchKernel", failed.function());
      assertEquals("hipErrorLaunchFailure", failed.codeName());
      assertTrue(failed.getMessage().contains("injected into call 2"), failed.getMessage());
      twice.launch(emulation.stream, 1, 1, 0, arguments);
      assertEquals(4, emulation.floats(x)[0]);
    }
  }

  @Test
  void aHangEndsInATimeOut() {
    try (Emulation emulation = Emulation.open()) {
      emulation.runtime.standIn().orElseThrow().setFaults("hipStreamSynchronize:1=hang:100");
      HipException failed = assertThrows(HipException.class, emulation.stream::synchronize);
      assertEquals("hipErrorLaunchTimeOut", failed.codeName());
      emulation.stream.synchronize();
    }
  }

  @Test
  void malformedFaultsAreRefused() {
    try (Emulation emulation = Emulation.open()) {
      StandIn standIn = emulation.runtime.standIn().orElseThrow();
      for (String faults : new String[] {"hipMalloc", "hipMalloc:x=2", "hipMalloc:0=2", "=2"}) {
        assertThrows(InputException.class, () -> standIn.setFaults(faults), faults);
      }
    }
  }

  @Test
  void machinesAreSettable() {
    try (HipRuntime runtime = Emulation.openRuntime()) {
      StandIn standIn = runtime.standIn().orElseThrow();
      standIn.configure("ROCMFORGE_EMULATION_DEVICES", "3");
      standIn.configure("ROCMFORGE_EMULATION_ARCH", "gfx1030,gfx90a:sramecc+:xnack-");
      standIn.configure("ROCMFORGE_EMULATION_VRAM", "4G,24G");
      standIn.configure("HIP_VISIBLE_DEVICES", "0,2");
      try (HipRuntime changed = Emulation.openRuntime()) {
        assertEquals(2, changed.devices().size());
        assertEquals("gfx1030", changed.devices().get(0).architecture());
        assertEquals(4L << 30, changed.devices().get(0).memoryBytes());
        assertEquals("gfx90a:sramecc+:xnack-", changed.devices().get(1).architectureName());
        assertEquals("gfx90a", changed.devices().get(1).architecture());
        assertEquals(24L << 30, changed.devices().get(1).memoryBytes());
        standIn.configure("HIP_VISIBLE_DEVICES", "7");
        HipUnavailableException none =
            assertThrows(HipUnavailableException.class, Emulation::openRuntime);
        assertEquals(HipUnavailableException.Reason.NO_DEVICE, none.reason());
      } finally {
        standIn.configure("ROCMFORGE_EMULATION_DEVICES", "1");
        standIn.configure("ROCMFORGE_EMULATION_ARCH", "gfx1100");
        standIn.configure("ROCMFORGE_EMULATION_VRAM", "8G");
        standIn.configure("HIP_VISIBLE_DEVICES", "0");
      }
    }
  }
}
