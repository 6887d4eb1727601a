package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What fails on a device fails under the emulation, and the message names the culprit. */
class StrictnessTest {
  private static final String KERNELS =
      """
      RF_KERNEL RF_LAUNCH_BOUNDS(64) void write(int* out, int index) {
        if (thread_x() == 0) out[index] = 1;
      }
      RF_KERNEL void forever(volatile int* out) {
        while (out[0] != 12345) {}
      }
      RF_KERNEL void half_word(unsigned char* out, int offset) {
        *reinterpret_cast<int*>(out + offset) = 1;
      }
      RF_KERNEL void much(int* out) {
        RF_SHARED int cells[8192];
        cells[thread_x()] = 1;
        barrier();
        out[0] = cells[0];
      }
      """;

  private Emulation emulation;
  private Module module;
  private DeviceBuffer buffer;

  @BeforeEach
  void open() {
    emulation = Emulation.open();
    module = emulation.own(emulation.device.load(emulation.compile(KERNELS)));
    buffer = emulation.empty(100);
  }

  @AfterEach
  void close() {
    if (emulation != null) {
      emulation.close();
    }
  }

  private KernelArguments arguments(int index) {
    return emulation.arguments(2).set(0, buffer).setInt(1, index);
  }

  private HipException launchFails(
      String kernel, int block, int shared, KernelArguments arguments) {
    HipException failed =
        assertThrows(
            HipException.class,
            () -> {
              module.kernel(kernel).launch(emulation.stream, 1, block, shared, arguments);
              emulation.stream.synchronize();
            });
    emulation.recover();
    return failed;
  }

  private static void assertSays(String name, String part, HipException e) {
    assertEquals(name, e.codeName(), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void writesJustOutsideAreFoundInTheGuards() {
    assertSays("hipErrorIllegalAddress", "offset 400", launchFails("write", 32, 0, arguments(100)));
  }

  @Test
  void writesBeforeTheStartAreFoundInTheGuards() {
    assertSays("hipErrorIllegalAddress", "offset -4", launchFails("write", 32, 0, arguments(-1)));
  }

  @Test
  void farAccessStopsTheLaunch() {
    assertSays(
        "hipErrorIllegalAddress",
        "memory access fault",
        launchFails("write", 32, 0, arguments(2000)));
  }

  @Test
  void nullPointerStopsTheLaunch() {
    assertSays(
        "hipErrorIllegalAddress",
        "null pointer",
        launchFails("write", 32, 0, emulation.arguments(2).setNull(0).setInt(1, 0)));
  }

  @Test
  void hostPointerAsArgumentIsRefused() {
    MemorySegment host = emulation.arena.allocate(64);
    assertSays(
        "hipErrorIllegalAddress",
        "parameter 0",
        launchFails(
            "write", 32, 0, emulation.arguments(2).setLong(0, host.address()).setInt(1, 0)));
  }

  @Test
  void useAfterFreeNamesTheAllocation() {
    DeviceBuffer freed = emulation.device.allocate("freed", 64);
    KernelArguments arguments = emulation.arguments(2).set(0, freed).setInt(1, 0);
    freed.close();
    assertSays(
        "hipErrorIllegalAddress", "freed allocation", launchFails("write", 32, 0, arguments));
  }

  @Test
  void misalignedAccessStopsTheLaunch() {
    assertSays(
        "hipErrorIllegalAddress", "misaligned", launchFails("half_word", 1, 0, arguments(2)));
  }

  @Test
  void blocksHaveAtMost1024Threads() {
    assertSays(
        "hipErrorInvalidConfiguration", "2048 threads", launchFails("much", 2048, 0, arguments(0)));
    assertSays(
        "hipErrorInvalidConfiguration", "0 threads", launchFails("much", 0, 0, arguments(0)));
  }

  @Test
  void launchBoundsHold() {
    assertSays(
        "hipErrorLaunchFailure", "launch bound 64", launchFails("write", 65, 0, arguments(0)));
  }

  @Test
  void sharedMemoryIsLimitedTo64KiB() {
    assertEquals(32768, module.kernel("much").sharedBytes());
    assertSays(
        "hipErrorInvalidValue", "32768 + 32769", launchFails("much", 32, 32769, arguments(0)));
    KernelCompilationException refused =
        assertThrows(
            KernelCompilationException.class,
            () ->
                emulation.compile(
                    "RF_KERNEL void k(int* o) { RF_SHARED int c[16385]; c[o[0]] = 1; o[1] ="
                        + " c[o[2]]; }"));
    assertTrue(refused.log().contains("exceeds limit (65536)"), refused.log());
  }

  @Test
  void endlessKernelsAreEnded() {
    emulation.close();
    try (HipRuntime runtime = Emulation.openRuntime()) {
      runtime.standIn().orElseThrow().configure("ROCMFORGE_EMULATION_TIMEOUT_MS", "300");
    }
    open();
    try {
      assertSays("hipErrorLaunchTimeOut", "time limit", launchFails("forever", 1, 0, arguments(0)));
    } finally {
      emulation.close();
      try (HipRuntime runtime = Emulation.openRuntime()) {
        runtime.standIn().orElseThrow().configure("ROCMFORGE_EMULATION_TIMEOUT_MS", "60000");
      }
      emulation = null;
    }
  }

  @Test
  void contextIsLostUntilReset() {
    assertThrows(
        HipException.class,
        () -> module.kernel("write").launch(emulation.stream, 1, 32, 0, arguments(2000)));
    HipException later =
        assertThrows(HipException.class, () -> emulation.device.allocate("more", 64));
    assertSays("hipErrorIllegalAddress", "context lost earlier", later);
    emulation.recover();
    emulation.own(emulation.device.allocate("more", 64));
  }

  @Test
  void copiesStayInside() {
    MemorySegment host = emulation.arena.allocate(800);
    HipException refused =
        assertThrows(
            HipException.class,
            () ->
                emulation.runtime.check(
                    emulation
                        .runtime
                        .memory()
                        .hipMemcpy(MemorySegment.ofAddress(buffer.address() + 8), host, 400, 1),
                    "hipMemcpy",
                    ""));
    assertSays("hipErrorInvalidValue", "400 bytes at allocation", refused);
    assertThrows(AssertionError.class, () -> buffer.upload(8, host.asSlice(0, 400)));
  }

  @Test
  void handlesAreChecked() {
    MemorySegment wrong = emulation.arena.allocate(ValueLayout.JAVA_LONG);
    assertEquals(400, emulation.runtime.streams().hipStreamDestroy(wrong));
    assertEquals(400, emulation.runtime.streams().hipEventDestroy(wrong));
    assertEquals(400, emulation.runtime.modules().hipModuleUnload(wrong));
    assertEquals(400, emulation.runtime.modules().hipGraphDestroy(wrong));
    assertEquals(400, emulation.runtime.modules().hipGraphExecDestroy(wrong));
    assertEquals(1, emulation.runtime.memory().hipFree(wrong));
    Stream stream = emulation.device.newStream();
    stream.close();
    assertThrows(AssertionError.class, stream::synchronize);
  }

  @Test
  void openThingsAreNamedAtClose() {
    HipRuntime runtime = Emulation.openRuntime();
    DeviceBuffer forgotten = runtime.device(0).allocate("forgotten", 64);
    AssertionError leak = assertThrows(AssertionError.class, runtime::close);
    assertTrue(leak.getMessage().contains("forgotten=64"), leak.getMessage());
    forgotten.close();
    runtime.close();
  }
}
