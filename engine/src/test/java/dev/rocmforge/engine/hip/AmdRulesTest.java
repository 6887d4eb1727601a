package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rocmforge.engine.hip.ffi.MemoryFunctions;
import dev.rocmforge.engine.hip.ffi.StreamFunctions;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The list of what AMD's runtime refuses before anything runs: during a capture, at a launch, and
 * when code is compiled or loaded. The emulation refuses the same with the same codes; {@link
 * StrictnessTest} has what goes wrong inside a kernel.
 */
class AmdRulesTest {
  private static final String KERNELS =
      """
      RF_KERNEL RF_LAUNCH_BOUNDS(64) void write(int* out) { out[0] = 1; }
      RF_KERNEL void much(int* out) {
        RF_SHARED int cells[8192];
        cells[thread_x()] = 1;
        barrier();
        out[0] = cells[0];
      }
      """;

  /**
   * One call that is refused.
   *
   * @param code the error's name
   */
  record Rule(String what, String code, Consumer<AmdRulesTest> call) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Rule rule(String what, String code, Consumer<AmdRulesTest> call) {
    return new Rule(what, code, call);
  }

  private Emulation emulation;
  private Module module;
  private DeviceBuffer buffer;
  private PinnedBuffer pinned;
  private Event event;
  private GraphExec exec;

  @BeforeEach
  void open() {
    emulation = Emulation.open();
    module = emulation.own(emulation.device.load(emulation.compile(KERNELS)));
    buffer = emulation.empty(16);
    pinned = emulation.own(emulation.device.allocatePinned("pinned", 64));
    event = emulation.own(emulation.device.newEvent());
    emulation.stream.beginCapture();
    launch("write", 1, 32, 0);
    exec = emulation.own(emulation.own(emulation.stream.endCapture()).instantiate());
  }

  @AfterEach
  void close() {
    if (emulation != null) {
      emulation.close();
    }
  }

  private void launch(String kernel, int grid, int block, int shared) {
    KernelArguments arguments = emulation.arguments(1).set(0, buffer);
    module.kernel(kernel).launch(emulation.stream, grid, block, shared, arguments);
  }

  private MemoryFunctions memory() {
    return emulation.runtime.memory();
  }

  private StreamFunctions streams() {
    return emulation.runtime.streams();
  }

  private MemorySegment at() {
    return MemorySegment.ofAddress(buffer.address());
  }

  private MemorySegment stream() {
    return emulation.stream.handle();
  }

  private void check(int code) {
    emulation.runtime.check(code, "the call", "");
  }

  /** Calls that a capture does not allow, and that spoil it. */
  static List<Rule> spoilingACapture() {
    String refused = "hipErrorStreamCaptureUnsupported";
    return List.of(
        rule("hipMalloc", refused, t -> t.emulation.device.allocate("x", 64)),
        rule(
            "hipMallocAsync",
            refused,
            t -> t.check(t.memory().hipMallocAsync(t.pinned.segment(), 64, t.stream()))),
        rule("hipFree", refused, t -> t.check(t.memory().hipFree(t.at()))),
        rule("hipFreeAsync", refused, t -> t.check(t.memory().hipFreeAsync(t.at(), t.stream()))),
        rule("hipHostMalloc", refused, t -> t.emulation.device.allocatePinned("x", 64)),
        rule("hipHostFree", refused, t -> t.check(t.memory().hipHostFree(t.pinned.segment()))),
        rule("hipMemcpy", refused, t -> t.buffer.download(0, t.pinned.segment())),
        rule("hipMemset", refused, t -> t.check(t.memory().hipMemset(t.at(), 0, 4))),
        rule("hipStreamSynchronize", refused, t -> t.emulation.stream.synchronize()),
        rule("hipStreamQuery", refused, t -> t.check(t.streams().hipStreamQuery(t.stream()))),
        rule("hipDeviceSynchronize", refused, t -> t.emulation.device.synchronize()),
        rule("hipGraphLaunch", refused, t -> t.exec.launch(t.emulation.stream)),
        rule(
            "hipMemsetAsync on the null stream",
            "hipErrorStreamCaptureImplicit",
            t -> t.check(t.memory().hipMemsetAsync(t.at(), 0, 4, MemorySegment.NULL))));
  }

  @ParameterizedTest
  @MethodSource("spoilingACapture")
  void duringACapture(Rule rule) {
    emulation.stream.beginCapture();
    HipException refused = assertThrows(HipException.class, () -> rule.call.accept(this));
    assertEquals(rule.code, refused.codeName(), refused.getMessage());
    assertEquals(Stream.CaptureStatus.INVALIDATED, emulation.stream.captureStatus());
    HipException later = assertThrows(HipException.class, () -> launch("write", 1, 32, 0));
    assertEquals("hipErrorStreamCaptureInvalidated", later.codeName());
    HipException spoilt = assertThrows(HipException.class, emulation.stream::endCapture);
    assertEquals("hipErrorStreamCaptureInvalidated", spoilt.codeName());
    launch("write", 1, 32, 0);
  }

  /** Calls that a capture does not allow either, but survives. */
  static List<Rule> besideACapture() {
    return List.of(
        rule("a second capture", "hipErrorIllegalState", t -> t.emulation.stream.beginCapture()),
        rule(
            "a capture of the null stream",
            "hipErrorStreamCaptureUnsupported",
            t -> t.check(t.streams().hipStreamBeginCapture(MemorySegment.NULL, 1))),
        rule("hipEventSynchronize", "hipErrorCapturedEvent", t -> t.event.synchronize()),
        rule("hipEventQuery", "hipErrorCapturedEvent", t -> t.event.done()),
        rule("hipEventElapsedTime", "hipErrorInvalidHandle", t -> t.event.millisSince(t.event)));
  }

  @ParameterizedTest
  @MethodSource("besideACapture")
  void besidesACapture(Rule rule) {
    emulation.stream.beginCapture();
    event.record(emulation.stream);
    HipException refused = assertThrows(HipException.class, () -> rule.call.accept(this));
    assertEquals(rule.code, refused.codeName(), refused.getMessage());
    emulation.stream.endCapture().close();
  }

  /** Launches that are refused; nothing is lost by them. */
  static List<Rule> launches() {
    String shape = "hipErrorInvalidConfiguration";
    return List.of(
        rule("1025 threads", shape, t -> t.launch("much", 1, 1025, 0)),
        rule("no threads", shape, t -> t.launch("much", 1, 0, 0)),
        rule("no blocks", shape, t -> t.launch("much", 0, 32, 0)),
        rule("2^32 threads in a row", shape, t -> t.launch("much", 1 << 27, 32, 0)),
        rule(
            "more than the launch bound",
            "hipErrorLaunchFailure",
            t -> t.launch("write", 1, 65, 0)),
        rule(
            "more than 64 KiB of LDS", "hipErrorInvalidValue", t -> t.launch("much", 1, 32, 32769)),
        rule("a kernel that the module lacks", "hipErrorNotFound", t -> t.module.kernel("absent")),
        rule(
            "code for another architecture",
            "hipErrorNoBinaryForGpu",
            t -> t.emulation.device.load(t.emulation.compile(KERNELS, "--offload-arch=gfx1030"))),
        rule(
            "no code object",
            "hipErrorInvalidImage",
            t -> t.emulation.device.load(new byte[1024])));
  }

  @ParameterizedTest
  @MethodSource("launches")
  void launchesAndLoads(Rule rule) {
    HipException refused = assertThrows(HipException.class, () -> rule.call.accept(this));
    assertEquals(rule.code, refused.codeName(), refused.getMessage());
    launch("write", 1, 64, 0);
    launch("much", 1, 1024, 32768);
    emulation.stream.synchronize();
  }

  @Test
  void compilations() {
    refuses("exceeds limit (65536)", "RF_SHARED int c[16385]; c[o[0]] = 1; o[1] = c[o[2]];");
    refuses("undefined", "o[0] = elsewhere(o[1]);");
    refuses("misspelt", "o[0] = misspelt;");
  }

  private void refuses(String word, String body) {
    String source = "RF_DEVICE int elsewhere(int);\nRF_KERNEL void k(int* o) { " + body + " }";
    KernelCompilationException refused =
        assertThrows(KernelCompilationException.class, () -> emulation.compile(source));
    assertTrue(refused.log().contains(word), refused.log());
  }
}
