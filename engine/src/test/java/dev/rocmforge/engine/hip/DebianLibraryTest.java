package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.hip.HipUnavailableException.Reason;
import dev.rocmforge.engine.hip.ffi.HipLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The bindings on AMD's own library, as Debian packages it; it loads on machines without a card.
 */
class DebianLibraryTest {
  @BeforeEach
  void installed() {
    assumeTrue(HipLibrary.open("libamdhip64.so.5").isPresent(), "libamdhip64-5 is not installed");
  }

  @Test
  void noDeviceIsAClearMessage() {
    assumeFalse(Files.exists(Path.of("/dev/kfd")), "an AMD driver is present");
    HipUnavailableException e =
        assertThrows(
            HipUnavailableException.class, () -> HipRuntime.open(HipSettings.of(Map.of())));
    assertEquals(Reason.NO_DRIVER, e.reason());
    assertTrue(e.getMessage().startsWith("libamdhip64.so.5: no device: /dev/kfd"), e.getMessage());
  }

  /**
   * In a process of its own, because this compiler ends the process on architectures it half knows.
   */
  @Test
  void itsCompilerCompilesAKernel() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                DebianLibraryTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("compiled ELF"), output);
  }

  /** The child: compiles the device header with a kernel for gfx1030. */
  public static void main(String[] arguments) {
    HipLibrary library = HipLibrary.open("libamdhip64.so.5").orElseThrow();
    KernelCompiler compiler = new KernelCompiler(library.hiprtc().orElseThrow());
    String device = Emulation.read(Emulation.root().resolve("kernels/include/device.h"));
    byte[] code =
        compiler
            .compile(
                new KernelSource(
                    "copy.hip",
                    """
                    #include "device.h"
                    RF_KERNEL void copy(float* to, const float* from) {
                      to[thread_x()] = shuffle_xor(from[thread_x()], 1);
                    }
                    """,
                    Map.of("device.h", device),
                    List.of("--offload-arch=gfx1030", "-O3", "-std=c++17", "-DRF_WAVE=32")))
            .code();
    boolean elf = code[0] == 0x7f && code[1] == 'E' && code[2] == 'L' && code[3] == 'F';
    System.out.println((elf ? "compiled ELF " : "compiled something else ") + code.length);
  }
}
