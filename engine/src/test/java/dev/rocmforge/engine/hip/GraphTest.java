package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capture, replay and update of graphs, and the rules of capture. */
class GraphTest {
  private static final String SCALE =
      """
      RF_KERNEL void scale(float* x, float by) { x[thread_x()] *= by; }
      RF_KERNEL void shift(float* x, float by) { x[thread_x()] += by; }
      """;

  private Emulation emulation;
  private Module module;
  private DeviceBuffer x;

  @BeforeEach
  void open() {
    emulation = Emulation.open();
    module = emulation.own(emulation.device.load(emulation.compile(SCALE)));
    x = emulation.buffer(1, 2, 3);
  }

  @AfterEach
  void close() {
    if (emulation != null) {
      emulation.close();
    }
  }

  private Graph capture(String kernel, float by) {
    emulation.stream.beginCapture();
    module
        .kernel(kernel)
        .launch(emulation.stream, 1, 3, 0, emulation.arguments(2).set(0, x).setFloat(1, by));
    return emulation.own(emulation.stream.endCapture());
  }

  @Test
  void replaysWhatWasCaptured() {
    MemorySegment fresh = emulation.arena.allocateFrom(ValueLayout.JAVA_FLOAT, 5, 5, 5);
    emulation.stream.beginCapture();
    assertEquals(Stream.CaptureStatus.ACTIVE, emulation.stream.captureStatus());
    x.upload(0, fresh, emulation.stream);
    x.fill(8, 4, 0, emulation.stream);
    module
        .kernel("scale")
        .launch(emulation.stream, 1, 3, 0, emulation.arguments(2).set(0, x).setFloat(1, 2));
    Graph graph = emulation.own(emulation.stream.endCapture());
    assertEquals(3, graph.nodeCount());
    assertArrayEquals(new float[] {1, 2, 3}, emulation.floats(x), "capture alone runs nothing");
    GraphExec exec = emulation.own(graph.instantiate());
    exec.launch(emulation.stream);
    exec.launch(emulation.stream);
    assertArrayEquals(new float[] {10, 10, 0}, emulation.floats(x));
  }

  @Test
  void updateTakesNewParametersOfTheSameShape() {
    GraphExec exec = emulation.own(capture("scale", 2).instantiate());
    assertEquals(GraphExec.Update.SUCCESS, exec.update(capture("scale", 10)));
    exec.launch(emulation.stream);
    assertArrayEquals(new float[] {10, 20, 30}, emulation.floats(x));
    assertEquals(GraphExec.Update.FUNCTION_CHANGED, exec.update(capture("shift", 1)));
    emulation.stream.beginCapture();
    Graph empty = emulation.own(emulation.stream.endCapture());
    assertEquals(GraphExec.Update.TOPOLOGY_CHANGED, exec.update(empty));
    exec.launch(emulation.stream);
    assertArrayEquals(new float[] {100, 200, 300}, emulation.floats(x));
  }

  @Test
  void unsafeCallsSpoilTheCapture() {
    MemorySegment host = emulation.arena.allocate(12, 4);
    Event event = emulation.own(emulation.device.newEvent());
    Map<String, Runnable> calls = new LinkedHashMap<>();
    calls.put("hipMemcpy", () -> x.download(0, host));
    calls.put("hipMalloc", () -> emulation.device.allocate("scratch", 64));
    calls.put("hipHostMalloc", () -> emulation.device.allocatePinned("scratch", 64));
    // The waits of a stream ask, so that they end: DeviceWait.
    calls.put("hipStreamQuery", emulation.stream::synchronize);
    calls.put("hipDeviceSynchronize", emulation.device::synchronize);
    calls.forEach(
        (function, call) -> {
          emulation.stream.beginCapture();
          HipException refused = assertThrows(HipException.class, call::run, function);
          assertEquals(function, refused.function());
          assertEquals("hipErrorStreamCaptureUnsupported", refused.codeName());
          assertEquals(Stream.CaptureStatus.INVALIDATED, emulation.stream.captureStatus());
          HipException spoilt = assertThrows(HipException.class, emulation.stream::endCapture);
          assertEquals("hipErrorStreamCaptureInvalidated", spoilt.codeName());
        });
    emulation.stream.beginCapture();
    event.record(emulation.stream);
    assertEquals(
        "hipErrorCapturedEvent", assertThrows(HipException.class, event::synchronize).codeName());
    emulation.stream.endCapture().close();
    assertEquals(Stream.CaptureStatus.NONE, emulation.stream.captureStatus());
    assertEquals(
        "hipErrorIllegalState",
        assertThrows(HipException.class, emulation.stream::endCapture).codeName());
  }

  @Test
  void captureEndsInItsThread() throws InterruptedException {
    emulation.stream.beginCapture();
    HipException[] refused = new HipException[1];
    Thread other =
        new Thread(
            () -> refused[0] = assertThrows(HipException.class, emulation.stream::endCapture));
    other.start();
    other.join();
    assertEquals("hipErrorStreamCaptureWrongThread", refused[0].codeName());
    emulation.stream.endCapture().close();
  }

  @Test
  void replayAfterFreeIsAnError() {
    DeviceBuffer gone = emulation.device.allocate("gone", 64);
    emulation.stream.beginCapture();
    gone.fill(0, 64, 0, emulation.stream);
    GraphExec exec = emulation.own(emulation.own(emulation.stream.endCapture()).instantiate());
    gone.close();
    HipException refused = assertThrows(HipException.class, () -> exec.launch(emulation.stream));
    assertTrue(refused.getMessage().contains("freed allocation"), refused.getMessage());
  }

  @Test
  void eventsTellTheTimeBetween() {
    Event start = emulation.own(emulation.device.newEvent());
    Event stop = emulation.own(emulation.device.newEvent());
    start.record(emulation.stream);
    module
        .kernel("scale")
        .launch(emulation.stream, 1, 3, 0, emulation.arguments(2).set(0, x).setFloat(1, 2));
    assertThrows(HipException.class, () -> stop.millisSince(start));
    stop.record(emulation.stream);
    stop.synchronize();
    assertTrue(stop.done());
    assertTrue(stop.millisSince(start) > 0);
  }
}
