package dev.rocmforge.engine.hip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.HipUnavailableException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which library is taken, and what is said when there is none or no device. */
class LibrarySearchTest {
  private static HipUnavailableException refused(Map<String, String> environment) {
    return assertThrows(
        HipUnavailableException.class, () -> HipRuntime.open(HipSettings.of(environment)));
  }

  @Test
  void aNamedFileIsTakenOrRefused(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("libamdhip64.so"), "not a library");
    HipUnavailableException e = refused(Map.of("ROCMFORGE_HIP_LIBRARY", text.toString()));
    assertEquals(Reason.NO_LIBRARY, e.reason());
    assertTrue(e.getMessage().contains(text.toString()), e.getMessage());
  }

  @Test
  void aNamedCompilerIsTakenOrRefused(@TempDir Path folder) {
    assumeTrue(Emulation.hasCompiler(), "no C++ compiler: the emulation cannot be built");
    HipUnavailableException e =
        refused(
            Map.of(
                "ROCMFORGE_HIP_RUNTIME",
                "cpu-emulation",
                "ROCMFORGE_HIPRTC_LIBRARY",
                folder.resolve("none.so").toString()));
    assertEquals(Reason.NO_COMPILER_LIBRARY, e.reason());
  }

  @Test
  void unknownRuntimesAreRefused() {
    InputException e =
        assertThrows(
            InputException.class, () -> HipSettings.of(Map.of("ROCMFORGE_HIP_RUNTIME", "cuda")));
    assertTrue(e.getMessage().contains("cpu-emulation"), e.getMessage());
    assertEquals(RuntimeKind.AMD, HipSettings.of(Map.of()).kind());
  }

  @Test
  void absentLibrariesNameThePlacesTried() {
    LibrarySearch search = new LibrarySearch(HipSettings.of(Map.of()), "libabsent", "libabsentrtc");
    HipUnavailableException e = assertThrows(HipUnavailableException.class, search::hip);
    assertEquals(Reason.NO_LIBRARY, e.reason());
    assertTrue(e.getMessage().contains("libabsent.so.7, libabsent.so.6"), e.getMessage());
  }

  @Test
  void missingDriverAndPermissionAreToldApart(@TempDir Path folder) throws IOException {
    Path kfd = folder.resolve("kfd");
    HipUnavailableException e = DriverDiagnosis.noDevice(RuntimeKind.AMD, "lib", kfd);
    assertEquals(Reason.NO_DRIVER, e.reason());
    Files.createFile(kfd);
    assertEquals(Reason.NO_DEVICE, DriverDiagnosis.noDevice(RuntimeKind.AMD, "lib", kfd).reason());
    e = DriverDiagnosis.present("lib", kfd, false);
    assertEquals(Reason.NO_PERMISSION, e.reason());
    assertTrue(e.getMessage().contains("group render"), e.getMessage());
  }

  @Test
  void nvidiaWithoutADriverSaysSo() {
    assumeTrue(Emulation.hasCompiler(), "no C++ compiler: the runtime cannot be built");
    assumeFalse(Files.exists(Path.of("/dev/nvidia0")), "an NVIDIA device is present");
    HipUnavailableException e = refused(Map.of("ROCMFORGE_HIP_RUNTIME", "nvidia"));
    assertEquals(Reason.NO_DEVICE, e.reason());
    assertTrue(e.getMessage().contains("nvidia runtime"), e.getMessage());
  }

  @Test
  void aStandInNeedsSourcesAndACompiler(@TempDir Path folder) {
    HipSettings here = Emulation.settings();
    HipSettings nowhere =
        new HipSettings(
            here.kind(),
            here.library(),
            here.compilerLibrary(),
            here.folders(),
            java.util.Optional.empty(),
            folder,
            here.deviceTimeout());
    HipUnavailableException e =
        assertThrows(HipUnavailableException.class, () -> HipRuntime.open(nowhere));
    assertEquals(Reason.STAND_IN_NOT_BUILT, e.reason());
    assertTrue(e.getMessage().contains("ROCMFORGE_ROOT"), e.getMessage());
  }
}
