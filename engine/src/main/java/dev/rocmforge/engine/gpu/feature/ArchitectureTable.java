package dev.rocmforge.engine.gpu.feature;

import dev.rocmforge.engine.gpu.feature.Architecture.Dot4;
import dev.rocmforge.engine.gpu.feature.Architecture.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@code architectures.tsv}, read once. */
final class ArchitectureTable {
  private static final List<Architecture> ROWS =
      TableFile.rows("architectures.tsv", 7).stream().map(ArchitectureTable::row).toList();

  private ArchitectureTable() {}

  static List<Architecture> rows() {
    return ROWS;
  }

  private static Architecture row(List<String> cells) {
    return new Architecture(
        cells.get(0),
        cells.get(1),
        Dot4.valueOf(cells.get(2).toUpperCase(Locale.ROOT)),
        TableFile.yes(cells.get(3)),
        Matrix.valueOf(cells.get(4).toUpperCase(Locale.ROOT)),
        Arrays.stream(cells.get(5).split(",")).map(Integer::valueOf).toList(),
        List.of(cells.get(6).split(", ")));
  }
}
