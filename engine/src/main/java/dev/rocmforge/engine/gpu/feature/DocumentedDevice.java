package dev.rocmforge.engine.gpu.feature;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One row of the documented table, which goes by a device's name. Shown beside the truth; decides
 * only where a runtime does not tell the architecture.
 *
 * @param architecture the architecture that the table gives
 * @param product part of the device's name
 * @param dp4a what it says of the byte dot product
 * @param wmma what it says of matrix instructions
 * @param dot2 what it says of the half dot product
 */
public record DocumentedDevice(
    String architecture, String product, boolean dp4a, boolean wmma, boolean dot2) {
  private static final List<DocumentedDevice> ROWS =
      TableFile.rows("documented.tsv", 5).stream()
          .map(
              cells ->
                  new DocumentedDevice(
                      cells.get(0),
                      cells.get(1),
                      TableFile.yes(cells.get(2)),
                      TableFile.yes(cells.get(3)),
                      TableFile.yes(cells.get(4))))
          .toList();

  /** All rows, in the order of the table. */
  public static List<DocumentedDevice> all() {
    return ROWS;
  }

  /** The first row whose product the name contains, in any case. */
  public static Optional<DocumentedDevice> of(String deviceName) {
    String name = deviceName.toUpperCase(Locale.ROOT);
    return ROWS.stream()
        .filter(row -> name.contains(row.product().toUpperCase(Locale.ROOT)))
        .findFirst();
  }
}
