package dev.rocmforge.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocmforge.engine.hip.HipRuntime;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.HipUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The emulation reads its settings once a process, so each machine here is a process. */
final class DevicesCommandTest {
  private static final Map<String, String> TWO =
      Map.of(
          "ROCMFORGE_HIP_RUNTIME", "cpu-emulation",
          "ROCMFORGE_EMULATION_DEVICES", "2",
          "ROCMFORGE_EMULATION_ARCH", "gfx1036,gfx1101:sramecc-:xnack-",
          "ROCMFORGE_EMULATION_NAME", "An APU,AMD Radeon RX 7800 XT",
          "ROCMFORGE_EMULATION_VRAM", "2G,16G");

  private static Said process(Map<String, String> machine, String... arguments)
      throws IOException, InterruptedException {
    return GpuProcess.run(
        machine,
        Stream.concat(Stream.of("devices"), Arrays.stream(arguments)).toArray(String[]::new));
  }

  private static Map<String, String> with(Map<String, String> machine, String name, String value) {
    Map<String, String> changed = new HashMap<>(machine);
    changed.put(name, value);
    return changed;
  }

  private static Said here(Map<String, String> variables) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new DevicesCommand(variables))
            .setExecutionExceptionHandler(new ErrorLines())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute();
    return new Said(code, out.toString(), err.toString());
  }

  @Test
  void eachFactAndItsSource() throws Exception {
    Said text = process(TWO);
    assertEquals(0, text.code(), text.err());
    for (String line :
        List.of(
            "Device 0: An APU",
            "  architecture   gfx1036 (RDNA2)      runtime: gcnArchName gfx1036",
            "Device 1: AMD Radeon RX 7800 XT",
            "  architecture   gfx1101 (RDNA3)      runtime: gcnArchName gfx1101:sramecc-:xnack-",
            "  documented as  gfx1100              the documented table goes by the name and is"
                + " wrong here",
            "  memory         16.00 GiB            runtime: 16.00 GiB free",
            "  dp4a           yes                  table: sudot4",
            "  wmma           yes                  table: gfx11",
            "  wave           32                   runtime: warpSize",
            "Selected: device 1: the most memory of 2 supported of 2 devices")) {
      assertTrue(text.out().lines().anyMatch(line::equals), line + "\nnot in\n" + text.out());
    }
  }

  @Test
  void jsonWithAnOverride() throws Exception {
    Said json = process(with(TWO, "ROCMFORGE_USE_WMMA", "0"), "--json");
    assertEquals(0, json.code(), json.err());
    JsonNode report = new ObjectMapper().readTree(json.out());
    assertEquals("cpu-emulation", report.at("/runtime").asText());
    assertEquals(1, report.at("/selected").asInt());
    JsonNode card = report.at("/devices/1");
    assertEquals("gfx1101:sramecc-:xnack-", card.at("/architectureName").asText());
    assertEquals("gfx1101", card.at("/architecture").asText());
    assertEquals("gfx1100", card.at("/documentedArchitecture").asText());
    assertEquals(16L << 30, card.at("/memoryBytes").asLong());
    assertEquals("wmma", card.at("/features/1/name").asText());
    assertEquals("no", card.at("/features/1/value").asText());
    assertEquals("override", card.at("/features/1/source").asText());
    assertEquals("ROCMFORGE_USE_WMMA=0", card.at("/features/1/detail").asText());
  }

  @Test
  void hiddenDevicesAreNotThereAndAnIndexChooses() throws Exception {
    Said hidden = process(with(TWO, "HIP_VISIBLE_DEVICES", "0"));
    assertTrue(hidden.out().contains("Selected: device 0: the only device"), hidden.out());
    Said asked = process(TWO, "--gpu-index", "0");
    assertTrue(asked.out().contains("Selected: device 0: --gpu-index 0"), asked.out());
    Said none = process(TWO, "--gpu-index", "2");
    assertEquals(ExitCode.FAILED.code(), none.code());
    assertTrue(none.err().contains("--gpu-index: an index below 2 needed, 2 given"), none.err());
  }

  @Test
  void noSupportedDevice() throws Exception {
    Said none = process(with(TWO, "ROCMFORGE_EMULATION_ARCH", "gfx1299"));
    assertEquals(ExitCode.ENVIRONMENT.code(), none.code());
    assertTrue(
        none.err().contains("no supported GPU: 2 visible: 0 gfx1299, 1 gfx1299"), none.err());
  }

  @Test
  void noLibraryAndNoCompilerLibraryAreToldApart(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("libamdhip64.so"), "no library");
    Said library = here(Map.of("ROCMFORGE_HIP_LIBRARY", text.toString()));
    assertEquals(ExitCode.ENVIRONMENT.code(), library.code());
    assertTrue(
        library.err().contains("ROCMFORGE_HIP_LIBRARY: " + text + ": cannot be opened"),
        library.err());

    assumeTrue(amdLibrary(), "no libamdhip64: AMD's own library is not installed");
    Said compiler = here(Map.of("ROCMFORGE_HIPRTC_LIBRARY", text.toString()));
    assertEquals(ExitCode.ENVIRONMENT.code(), compiler.code());
    assertTrue(
        compiler.err().contains("ROCMFORGE_HIPRTC_LIBRARY: " + text + ": cannot be opened"),
        compiler.err());
  }

  /** AMD's own library on a machine without a driver; with a card the command simply works. */
  @Test
  void amdsLibraryWithoutADriver() {
    assumeTrue(amdLibrary(), "no libamdhip64: AMD's own library is not installed");
    Said result = here(Map.of());
    if (Files.exists(Path.of("/dev/kfd"))) {
      assertTrue(result.code() == 0 || result.code() == 3, result.err());
      return;
    }
    assertEquals(ExitCode.ENVIRONMENT.code(), result.code());
    assertTrue(
        result.err().contains("no device: /dev/kfd does not exist; the amdgpu driver is not"),
        result.err());
    assertEquals("", result.out());
  }

  @Test
  void aVariableThatDoesNotParse() {
    Said refused = here(Map.of("ROCMFORGE_USE_DP4A", "maybe"));
    assertEquals(ExitCode.FAILED.code(), refused.code());
    assertTrue(refused.err().contains("ROCMFORGE_USE_DP4A: "), refused.err());
  }

  private static boolean amdLibrary() {
    try (HipRuntime runtime = HipRuntime.open(HipSettings.of(Map.of()))) {
      return !runtime.devices().isEmpty();
    } catch (HipUnavailableException e) {
      return e.reason() != HipUnavailableException.Reason.NO_LIBRARY;
    }
  }
}
