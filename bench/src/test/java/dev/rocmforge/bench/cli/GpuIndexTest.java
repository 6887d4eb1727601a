package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --gpu-index} on a machine with two emulated devices. */
final class GpuIndexTest {
  @TempDir private Path folder;

  private Said run(Stream<String> arguments) throws IOException, InterruptedException {
    Map<String, String> machine = new HashMap<>();
    machine.put("ROCMFORGE_EMULATION_DEVICES", "2");
    machine.put("ROCMFORGE_EMULATION_ARCH", "gfx1036,gfx1101");
    machine.put("ROCMFORGE_EMULATION_NAME", "An APU,AMD Radeon RX 7800 XT");
    machine.put("ROCMFORGE_EMULATION_VRAM", "8G,16G");
    machine.put("XDG_RUNTIME_DIR", folder.toString());
    return GpuProcess.run(machine, arguments.toArray(String[]::new));
  }

  /** An index, the device that takes the cases and why; 1 is what is taken unasked. */
  @ParameterizedTest
  @CsvSource({
    "0, 'device 0, An APU (gfx1036, 8.00 GiB): --gpu-index 0', gfx1036",
    "1, 'device 1, AMD Radeon RX 7800 XT (gfx1101, 16.00 GiB): --gpu-index 1', gfx1101",
    "'', 'device 1, AMD Radeon RX 7800 XT (gfx1101, 16.00 GiB): the most memory', gfx1101"
  })
  void kernelsAreCheckedOnTheDeviceAskedFor(String index, String device, String architecture)
      throws Exception {
    Stream<String> asked = index.isEmpty() ? Stream.of() : Stream.of("--gpu-index", index);
    Said said =
        run(
            Stream.concat(
                Stream.of("validate", "kernels", "--tier", "smoke", "--filter", "ops/moe_route"),
                asked));
    assertEquals(0, said.code(), said.err());
    String all = said.out() + said.err();
    assertTrue(all.contains("GPU: " + device), all);
    assertTrue(all.contains("cases on cpu-emulation, " + architecture + ","), all);
    assertTrue(all.contains(" passed, 0 failed"), all);
  }

  @Test
  void anIndexBeyondTheLastIsRefused() throws Exception {
    Path out = folder.resolve("out");
    for (List<String> command :
        List.of(
            List.of("validate", "kernels", "--tier", "smoke"),
            List.of(
                "bench",
                "--gpu",
                "--model",
                "../datasets/models/lexicon-draft-q8_0.gguf",
                "--out",
                out.toString()))) {
      Said said = run(Stream.concat(command.stream(), Stream.of("--gpu-index", "2")));
      assertEquals(ExitCode.FAILED.code(), said.code(), command + ": " + said.err());
      assertTrue(
          said.err().contains("--gpu-index: an index below 2 needed, 2 given"),
          command + ": " + said.err());
    }
    assertTrue(Files.notExists(out), "a refused run leaves no record");
  }
}
