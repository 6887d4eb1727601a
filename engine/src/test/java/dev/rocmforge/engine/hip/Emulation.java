package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An opened emulation with one device and stream, for one test; closing it checks for leaks. */
final class Emulation implements AutoCloseable {
  final HipRuntime runtime;
  final Device device;
  final Stream stream;
  final Arena arena = Arena.ofConfined();
  private final List<AutoCloseable> opened = new ArrayList<>();

  private Emulation(HipRuntime runtime) {
    this.runtime = runtime;
    this.device = runtime.device(0);
    this.stream = own(device.newStream());
  }

  /** Skips the test where there is no C++ compiler. */
  static Emulation open() {
    return new Emulation(openRuntime());
  }

  static HipRuntime openRuntime() {
    assumeTrue(hasCompiler(), "no C++ compiler: the emulation cannot be built");
    return HipRuntime.open(settings());
  }

  static HipSettings settings() {
    return HipSettings.of(System.getenv()).withKind(RuntimeKind.CPU_EMULATION);
  }

  static boolean hasCompiler() {
    return java.util.Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "c++")));
  }

  <T extends AutoCloseable> T own(T thing) {
    opened.add(thing);
    return thing;
  }

  /** Compiles a source that starts behind {@code #include "device.h"}. */
  byte[] compile(String body, String... options) {
    return compiled(body, options).code();
  }

  KernelCompiler.Compiled compiled(String body, String... options) {
    Map<String, String> headers = new HashMap<>();
    headers.put("device.h", read(root().resolve("kernels/include/device.h")));
    headers.put("reduce.h", read(root().resolve("kernels/include/reduce.h")));
    return runtime
        .compiler()
        .compile(
            new KernelSource(
                "test.hip",
                "#include \"device.h\"\n#include \"reduce.h\"\n" + body,
                headers,
                List.of(options)));
  }

  Kernel kernel(String name, String body, String... options) {
    return own(device.load(compile(body, options))).kernel(name);
  }

  KernelArguments arguments(int count) {
    return new KernelArguments(count, arena);
  }

  DeviceBuffer buffer(float... values) {
    DeviceBuffer buffer = own(device.allocate("test", 4L * values.length));
    buffer.upload(0, arena.allocateFrom(ValueLayout.JAVA_FLOAT, values));
    return buffer;
  }

  DeviceBuffer empty(int floats) {
    return own(device.allocate("test", 4L * floats));
  }

  float[] floats(DeviceBuffer buffer) {
    MemorySegment target = arena.allocate(buffer.bytes(), 4);
    buffer.download(0, target);
    return target.toArray(ValueLayout.JAVA_FLOAT);
  }

  int[] ints(DeviceBuffer buffer) {
    MemorySegment target = arena.allocate(buffer.bytes(), 4);
    buffer.download(0, target);
    return target.toArray(ValueLayout.JAVA_INT);
  }

  /**
   * After a fault in a kernel the context is lost; this makes a new one, as a new process would.
   */
  void recover() {
    int code = runtime.library().device().hipDeviceReset();
    runtime.check(code, "hipDeviceReset", device);
  }

  static Path root() {
    return ProjectRoot.find(Map.of()).orElseThrow();
  }

  static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    runtime.standIn().orElseThrow().setFaults("");
    stream.close(); // first: a capture left open would refuse the rest
    for (AutoCloseable thing : opened.reversed()) {
      try {
        thing.close();
      } catch (HipException e) {
        // Buffers are gone after a reset; the ledger has let go of them all the same.
        if (e.code() != 1) {
          throw e;
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    arena.close();
    runtime.close();
  }
}
