package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.hip.HipSettings;
import dev.rocmforge.engine.hip.RuntimeKind;
import dev.rocmforge.validation.kernel.KernelCase;
import dev.rocmforge.validation.kernel.KernelCases;
import dev.rocmforge.validation.kernel.KernelFolder;
import dev.rocmforge.validation.kernel.KernelVariations;
import dev.rocmforge.validation.kernel.Tier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which cases, and the kernels of which folder; the same for checking and for measuring. */
final class KernelSelection {
  @Option(
      names = "--tier",
      paramLabel = "TIER",
      defaultValue = "quick",
      description = "smoke, quick or full (default: ${DEFAULT-VALUE}).")
  private String tier;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description = "Only cases whose path begins so: q4_k, q4_k/gemv, ops/rope.")
  private String filter = "";

  @Option(
      names = "--operation",
      paramLabel = "PATH",
      description = "Only cases with exactly this path; repeatable.")
  private List<String> operations = List.of();

  @Option(
      names = "--case",
      paramLabel = "ID",
      description = "Only this case; repeatable. The id is printed with every failure.")
  private List<String> ids = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "A..B",
      description = "The list once for each number with other seeds; 0 is the list's own.")
  private String seeds = "0..0";

  @Option(
      names = "--vary",
      description =
          "In all runs of --seeds but 0 also mix the sizes of the list anew and draw from all"
              + " inputs; only with --same-as.")
  private boolean vary;

  @Option(
      names = "--kernels",
      paramLabel = "DIR",
      description = "Folder of kernel sources, read as they lie there.")
  private Path folder;

  /** The sources asked for, by default this project's. */
  KernelFolder sources(HipSettings settings) {
    return new KernelFolder(folder == null ? standardFolder(settings) : folder);
  }

  private static Path standardFolder(HipSettings settings) {
    return settings
        .root()
        .map(root -> root.resolve("kernels"))
        .orElseThrow(
            () -> new InputException("no kernels here: --kernels DIR or ROCMFORGE_ROOT needed"));
  }

  /** The cases asked for, of those the device can run. */
  List<KernelCase> cases(RuntimeKind kind, String architecture) {
    if (!ids.isEmpty()) {
      return ids.stream().map(KernelCase::of).toList();
    }
    List<KernelCase> found = new ArrayList<>();
    long[] runs = runs();
    for (long run = runs[0]; run <= runs[1]; run++) {
      List<KernelCase> list = KernelCases.of(tier(), waves(kind, architecture), run);
      if (vary && run != 0) {
        list = list.stream().map(new KernelVariations(list)::of).toList();
      }
      list.stream()
          .filter(one -> one.path().startsWith(filter))
          .filter(one -> operations.isEmpty() || operations.contains(one.path()))
          .forEach(found::add);
    }
    for (String path : operations) {
      if (found.stream().noneMatch(one -> one.path().equals(path))) {
        throw new InputException("--operation " + path + ": no case of this tier has that path");
      }
    }
    if (found.isEmpty()) {
      throw new InputException("--filter " + filter + ": no case of this tier has such a path");
    }
    return List.copyOf(found);
  }

  private long[] runs() {
    String[] ends = seeds.split("\\.\\.", -1);
    try {
      long[] runs = {Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1])};
      if (ends.length <= 2 && runs[0] >= 0 && runs[0] <= runs[1]) {
        return runs;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InputException("--seeds " + seeds + ": two numbers as 1..200 needed");
  }

  /** Whether sizes and inputs are drawn, for which no bound may hold. */
  boolean varies() {
    return vary;
  }

  /** Whether single cases, operations or another folder were asked for. */
  boolean narrowed() {
    return !ids.isEmpty() || !operations.isEmpty() || folder != null;
  }

  /** Whether the cases were named one by one. */
  boolean single() {
    return !ids.isEmpty();
  }

  String filterOr(String otherwise) {
    return filter.isEmpty() ? otherwise : filter;
  }

  Tier tier() {
    for (Tier one : Tier.values()) {
      if (one.name().equalsIgnoreCase(tier)) {
        return one;
      }
    }
    throw new InputException("--tier " + tier + ": smoke, quick or full needed");
  }

  /** Waves a device can be compiled for, its usual one first. */
  private static List<Integer> waves(RuntimeKind kind, String architecture) {
    return switch (kind) {
      case CPU_EMULATION -> List.of(32, 64);
      case NVIDIA -> List.of(32);
      case AMD -> architecture.startsWith("gfx9") ? List.of(64) : List.of(32, 64);
    };
  }
}
