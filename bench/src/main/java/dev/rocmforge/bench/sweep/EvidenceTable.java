package dev.rocmforge.bench.sweep;

import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.gpu.feature.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of each kind of kernel on each architecture, in four columns that must not be taken
 * for one another: what the feature table claims, what the disassembly shows, what was checked by
 * running it, and what was measured.
 */
public final class EvidenceTable {
  private static final String UNKNOWN = "-";
  private static final int EMITTED = 11;

  /** A kind of kernel, the files that are of it, and the instructions it lives on. */
  private enum Kind {
    DP4A(".*_q8(_tokens)?", "v_dot4.*"),
    DOT2("f16/gemv", "v_(dual_)?dot2.*"),
    WMMA(".*/gemm_f16", "v_(wmma|mfma)_.*"),
    PACKED_LOADS(".*/gemv", "global_load_.*");

    private final String files;
    private final String instructions;

    Kind(String files, String instructions) {
      this.files = files;
      this.instructions = instructions;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String claimed(Architecture row) {
      return switch (this) {
        case DP4A -> row.dot4() == Architecture.Dot4.NONE ? "no" : word(row.dot4());
        case DOT2 -> row.dot2() ? "fdot2" : "no";
        case WMMA -> row.matrix() == Architecture.Matrix.NONE ? "no" : word(row.matrix());
        case PACKED_LOADS -> "yes";
      };
    }

    private static String word(Enum<?> value) {
      return value.name().toLowerCase(Locale.ROOT);
    }

    boolean ranAs(KernelChoice kernels, boolean q8) {
      return switch (this) {
        case DP4A -> q8;
        case DOT2 -> kernels == KernelChoice.DOT2;
        case WMMA -> kernels == KernelChoice.WMMA;
        case PACKED_LOADS -> !q8;
      };
    }
  }

  /** An instruction in the disassembly of a compiled kernel, as {@code ci/kernels} found it. */
  private record Emitted(String kernel, String constants, String architecture, String instruction) {
    boolean of(Kind kind, String wanted) {
      return kernel.matches(kind.files)
          && instruction.matches(kind.instructions)
          && architecture.equals(wanted)
          && constants.contains("RF_DOT2=1") == (kind == Kind.DOT2);
    }
  }

  private final List<Emitted> emitted = new ArrayList<>();

  /**
   * Reads what {@code ci/kernels} found in the disassembly of each kernel for each architecture.
   *
   * @param root the project's folder
   */
  public EvidenceTable(Path root) {
    for (String[] kernel : rows(root.resolve("kernels/tuning/budget.tsv"))) {
      for (String found : kernel[EMITTED].split(",", -1)) {
        String instruction = found.split(":", -1)[0];
        emitted.add(new Emitted(kernel[0], kernel[2], kernel[3], instruction));
      }
    }
  }

  /** Rows of a table without comments and heading. */
  private static List<String[]> rows(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> !line.startsWith("#") && !line.startsWith("kernel\t"))
          .map(line -> line.split("\t", -1))
          .filter(cells -> cells.length > EMITTED)
          .toList();
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The table as Markdown.
   *
   * @param device architecture that the sweep ran on
   * @param runtime its runtime's word
   * @param results of the sweep
   */
  public String markdown(String device, String runtime, List<SweepCell.Result> results) {
    StringBuilder table = new StringBuilder();
    table.append("| kernels | architecture | claimed | emitted | checked | measured |\n");
    table.append("|---|---|---|---|---|---|\n");
    List<Architecture> rows = new ArrayList<>(Architecture.all());
    if (rows.stream().noneMatch(row -> row.name().equals(device))) {
      Architecture.of(device).ifPresent(rows::add);
    }
    for (Kind kind : Kind.values()) {
      for (Architecture row : rows) {
        boolean here = row.name().equals(device);
        table.append(
            "| %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                    kind.word(),
                    row.name(),
                    kind.claimed(row),
                    emitted(kind, row.name()),
                    here ? checked(kind, runtime, results) : UNKNOWN,
                    here ? measured(kind, results) : UNKNOWN));
      }
    }
    return table.toString();
  }

  /** Instructions, each with how many kernels have it. */
  private String emitted(Kind kind, String architecture) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Emitted line : emitted) {
      if (line.of(kind, architecture)) {
        counts.merge(line.instruction(), 1, Integer::sum);
      }
    }
    return counts.isEmpty()
        ? UNKNOWN
        : String.join(
            ", ", counts.entrySet().stream().map(e -> e.getKey() + " in " + e.getValue()).toList());
  }

  private static List<SweepCell.Ran> ran(Kind kind, List<SweepCell.Result> results) {
    return results.stream()
        .filter(SweepCell.Ran.class::isInstance)
        .map(SweepCell.Ran.class::cast)
        .filter(cell -> kind.ranAs(cell.cell().kernels(), cell.cell().q8()))
        .toList();
  }

  private static String checked(Kind kind, String runtime, List<SweepCell.Result> results) {
    List<SweepCell.Ran> ran = ran(kind, results);
    long right = ran.stream().filter(SweepCell.Ran::right).count();
    return ran.isEmpty()
        ? UNKNOWN
        : "%d of %d cells right, %s".formatted(right, ran.size(), runtime);
  }

  /** The best decode (prefill of matrix kernels) of the cells that were right. */
  private static String measured(Kind kind, List<SweepCell.Result> results) {
    return ran(kind, results).stream()
        .filter(SweepCell.Ran::right)
        .flatMap(
            cell -> (kind == Kind.WMMA ? cell.prefillSpeedUp() : cell.decodeSpeedUp()).stream())
        .max((a, b) -> Double.compare(a.middle(), b.middle()))
        .map(best -> (kind == Kind.WMMA ? "prefill " : "decode ") + SweepTable.times(best))
        .orElse(UNKNOWN);
  }
}
