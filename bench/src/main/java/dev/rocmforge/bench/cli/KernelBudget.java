package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Registers, spills and waves a SIMD of the kernels as {@code ci/kernels} compiled them for an
 * architecture: kernels/tuning/budget.tsv. Sources edited since then have other numbers until
 * {@code ci/kernels} runs.
 */
final class KernelBudget {
  private static final int COLUMNS = 12;

  private final Map<String, String[]> rows;

  /** The rows of one architecture; none where the table does not know it. */
  KernelBudget(Path project, String architecture) {
    Path table = project.resolve("kernels/tuning/budget.tsv");
    try {
      List<String[]> all =
          Files.readAllLines(table).stream()
              .map(line -> line.split("\t", -1))
              .filter(row -> row.length == COLUMNS && row[3].equals(architecture))
              .filter(row -> row[2].equals("-"))
              .toList();
      rows =
          all.stream()
              .collect(Collectors.toMap(row -> row[0] + " " + row[1], row -> row, (a, b) -> a));
    } catch (IOException e) {
      throw new InputException(table + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** {@code vgpr/sgpr/spills/waves} of the kernel that a path's operation is named after. */
  Optional<String> of(String path) {
    String operation = path.substring(path.indexOf('/') + 1);
    return rows.values().stream()
        .filter(row -> row[1].equals(operation) || row[0].equals(path))
        .filter(
            row ->
                row[0]
                    .substring(0, row[0].indexOf('/'))
                    .equals(path.substring(0, path.indexOf('/'))))
        .findFirst()
        .map(row -> "%s/%s/%s/%s".formatted(row[5], row[6], row[9], row[10]));
  }
}
