package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads and processes compile on the emulation at once, into the same cache. */
final class ConcurrentCompilationTest {
  /** Compiles a source given as an argument and prints a hash of the code. */
  static final class Compiler {
    private Compiler() {}

    public static void main(String[] arguments) {
      try (HipRuntime runtime = HipRuntime.open(Emulation.settings())) {
        System.out.println("code " + hash(compile(runtime, arguments[0])));
      }
    }
  }

  private static final String SOURCE = "RF_KERNEL void twice(float* x) { x[thread_x()] *= %d; }";

  @TempDir private Path folder;

  private static byte[] compile(HipRuntime runtime, String body) {
    Path header = Emulation.root().resolve("kernels/include/device.h");
    String text = "#include \"device.h\"\n" + body;
    Map<String, String> headers = Map.of("device.h", Emulation.read(header));
    return runtime.compiler().compile(new KernelSource("t.hip", text, headers, List.of())).code();
  }

  private static String hash(byte[] code) {
    try {
      return HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(code));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A compiler that waits, up to 20 s, until another one runs beside it. */
  private Path meetingCompiler() throws Exception {
    Path script = folder.resolve("c++");
    Files.writeString(
        script,
        """
        #!/bin/sh
        case "$*" in *--version*) exec c++ "$@";; esac
        touch "%1$s/running.$$"
        for i in $(seq 200); do
          if [ "$(ls "%1$s" | grep -c '^running')" -ge 2 ]; then touch "%1$s/together"; break; fi
          sleep 0.1
        done
        c++ "$@"
        """
            .formatted(folder));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  @Test
  void threadsCompileAtTheSameTime() throws Exception {
    try (HipRuntime runtime = Emulation.openRuntime()) {
      StandIn standIn = runtime.standIn().orElseThrow();
      String cache = Emulation.settings().cache().toString();
      standIn.configure("ROCMFORGE_EMULATION_CXX", meetingCompiler().toString());
      standIn.configure("ROCMFORGE_CACHE", folder.resolve("cache").toString());
      try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
        // Two threads the same source, one another.
        List<Future<byte[]>> codes = new ArrayList<>();
        for (int factor : new int[] {2, 2, 3}) {
          codes.add(pool.submit(() -> compile(runtime, SOURCE.formatted(factor))));
        }
        byte[] first = codes.get(0).get();
        byte[] again = codes.get(1).get();
        assertTrue(first.length > 0 && again.length > 0 && codes.get(2).get().length > 0);
        // The cache holds one of the two now, and gives it to everybody.
        byte[] kept = compile(runtime, SOURCE.formatted(2));
        assertArrayEquals(kept, compile(runtime, SOURCE.formatted(2)));
        assertTrue(Files.exists(folder.resolve("together")), "one compiler waited for the other");
        try (Module one = runtime.device(0).load(first);
            Module two = runtime.device(0).load(kept)) {
          assertEquals("twice", one.kernel("twice").name());
          assertEquals("twice", two.kernel("twice").name());
        }
      } finally {
        standIn.configure("ROCMFORGE_EMULATION_CXX", "c++");
        standIn.configure("ROCMFORGE_CACHE", cache);
      }
      assertEquals(2, files(".rfemu"));
      assertEquals(0, files("job-"));
    }
  }

  private long files(String part) throws Exception {
    try (Stream<Path> all = Files.list(folder.resolve("cache/emulation"))) {
      return all.filter(file -> file.getFileName().toString().contains(part)).count();
    }
  }

  @Test
  void processesShareTheCache() throws Exception {
    assumeTrue(Emulation.hasCompiler(), "no C++ compiler: the emulation cannot be built");
    try (HipRuntime runtime = Emulation.openRuntime()) {
      // The stand-in is built now, so that the processes have it.
      assertEquals(RuntimeKind.CPU_EMULATION, runtime.kind());
    }
    String source = SOURCE.formatted(ProcessHandle.current().pid());
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Compiler.class.getName(),
                  source)
              .redirectErrorStream(true)
              .start());
    }
    for (Process process : processes) {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), said);
      assertTrue(said.contains("code "), said);
    }
    try (HipRuntime runtime = Emulation.openRuntime()) {
      try (Module module = runtime.device(0).load(compile(runtime, source))) {
        assertEquals("twice", module.kernel("twice").name());
      }
    }
  }
}
