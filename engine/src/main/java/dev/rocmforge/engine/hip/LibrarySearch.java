package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.hip.HipUnavailableException.Reason;
import dev.rocmforge.engine.hip.ffi.HipLibrary;
import dev.rocmforge.engine.hip.ffi.HiprtcLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the libraries of the runtime that was asked for: {@code .so.7}, {@code .so.6}, {@code
 * .so.5} and plain in the system's places, then plain in the folders of the settings. A named file
 * is taken as it is; nothing else is tried then.
 */
final class LibrarySearch {
  private static final List<String> SUFFIXES = List.of(".so.7", ".so.6", ".so.5", ".so");

  private final HipSettings settings;
  private final String hipName;
  private final String compilerName;

  LibrarySearch(HipSettings settings) {
    this(settings, "libamdhip64", "libhiprtc");
  }

  /** For other names than AMD's. */
  LibrarySearch(HipSettings settings, String hipName, String compilerName) {
    this.settings = settings;
    this.hipName = hipName;
    this.compilerName = compilerName;
  }

  HipLibrary hip() {
    if (settings.library().isPresent()) {
      return named("ROCMFORGE_HIP_LIBRARY", settings.library().get());
    }
    if (settings.kind() != RuntimeKind.AMD) {
      return named(settings.kind().label() + " runtime", new StandInBuild(settings).library());
    }
    List<String> candidates = candidates(hipName);
    for (String candidate : candidates) {
      Optional<HipLibrary> library = HipLibrary.open(candidate);
      if (library.isPresent()) {
        return library.get();
      }
    }
    throw new HipUnavailableException(
        Reason.NO_LIBRARY,
        "no HIP library: tried "
            + String.join(", ", candidates)
            + "; install ROCm or set ROCMFORGE_HIP_LIBRARY");
  }

  private static HipLibrary named(String by, Path path) {
    return HipLibrary.open(path.toAbsolutePath().toString())
        .orElseThrow(
            () ->
                new HipUnavailableException(
                    Reason.NO_LIBRARY, by + ": " + path + ": cannot be opened as a library"));
  }

  /** libhiprtc first (ROCm 7 has the functions only there), then the library itself (ROCm 5). */
  HiprtcLibrary hiprtc(HipLibrary hip) {
    if (settings.compilerLibrary().isPresent()) {
      Path path = settings.compilerLibrary().get();
      return HipLibrary.openCompiler(path.toAbsolutePath().toString())
          .orElseThrow(
              () ->
                  new HipUnavailableException(
                      Reason.NO_COMPILER_LIBRARY,
                      "ROCMFORGE_HIPRTC_LIBRARY: " + path + ": cannot be opened as a library"));
    }
    List<String> candidates =
        settings.kind() == RuntimeKind.AMD ? candidates(compilerName) : List.of();
    for (String candidate : candidates) {
      Optional<HiprtcLibrary> library = HipLibrary.openCompiler(candidate);
      if (library.isPresent()) {
        return library.get();
      }
    }
    return hip.hiprtc()
        .orElseThrow(
            () ->
                new HipUnavailableException(
                    Reason.NO_COMPILER_LIBRARY,
                    "no run-time compiler: tried "
                        + String.join(", ", candidates)
                        + " and "
                        + hip.path()
                        + "; install hiprtc or set ROCMFORGE_HIPRTC_LIBRARY"));
  }

  private List<String> candidates(String library) {
    List<String> all = new ArrayList<>();
    SUFFIXES.forEach(suffix -> all.add(library + suffix));
    for (Path folder : settings.folders()) {
      for (String suffix : SUFFIXES) {
        Path path = folder.resolve(library + suffix);
        if (Files.exists(path)) {
          all.add(path.toString());
        }
      }
    }
    return all;
  }
}
