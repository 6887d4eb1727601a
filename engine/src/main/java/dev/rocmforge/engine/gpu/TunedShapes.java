package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.quant.QuantType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The table's launch shapes, refined by what was measured on this device with these kernels.
 * Remembers which products asked.
 */
final class TunedShapes implements LaunchShapes {
  /** Operations that can be measured by themselves; the rest keeps the table's shape. */
  static final Set<String> TUNABLE = Set.of("gemv", "gemv_q8", "gate_up", "gate_up_q8");

  private final LaunchShapes table;
  private final Map<MatrixProduct, TuningStore.Entry> entries;
  private final UnaryOperator<String> kernelHash;
  private final Map<MatrixProduct, LaunchShape> asked = new LinkedHashMap<>();

  /**
   * @param entries found before, for whichever kernels
   * @param kernelHash of the kernel at a path as it is now
   */
  TunedShapes(
      LaunchShapes table,
      Map<MatrixProduct, TuningStore.Entry> entries,
      UnaryOperator<String> kernelHash) {
    this.table = table;
    this.entries = new LinkedHashMap<>(entries);
    this.kernelHash = kernelHash;
  }

  @Override
  public LaunchShape shape(String operation, QuantType type, int rows, int columns) {
    var product = new MatrixProduct(operation, type, rows, columns);
    LaunchShape shape =
        known(product).map(TuningStore.Entry::shape).orElseGet(() -> tabled(product));
    asked.put(product, shape);
    return shape;
  }

  @Override
  public LaunchShape attention(int group, int headSize) {
    return table.attention(group, headSize);
  }

  LaunchShape tabled(MatrixProduct product) {
    return table.shape(product.operation(), product.type(), product.rows(), product.columns());
  }

  /** What was measured with the kernel as it is. */
  private Optional<TuningStore.Entry> known(MatrixProduct product) {
    return Optional.ofNullable(entries.get(product))
        .filter(entry -> entry.kernel().equals(kernelHash.apply(product.path())));
  }

  /** Products that were asked for, can be measured and have not been. */
  Set<MatrixProduct> missing() {
    return asked.keySet().stream()
        .filter(product -> TUNABLE.contains(product.operation()))
        .filter(product -> known(product).isEmpty())
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  void found(MatrixProduct product, TuningStore.Entry entry) {
    entries.put(product, entry);
  }

  Map<MatrixProduct, TuningStore.Entry> entries() {
    return Map.copyOf(entries);
  }

  /** Products whose shape is not the table's. */
  long tuned() {
    return asked.entrySet().stream()
        .filter(one -> !one.getValue().equals(tabled(one.getKey())))
        .count();
  }

  /** Every product that was asked for, its shape, and where that is from. */
  String words() {
    return asked.entrySet().stream()
        .map(
            one ->
                "%s: %s (%s)"
                    .formatted(
                        one.getKey(),
                        one.getValue(),
                        !one.getValue().equals(tabled(one.getKey()))
                            ? "tuned"
                            : known(one.getKey()).isPresent() ? "table, measured" : "table"))
        .collect(Collectors.joining("; "));
  }
}
