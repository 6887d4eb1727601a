package dev.rocmforge.reports.gate;

import dev.rocmforge.reports.stats.Distribution;
import dev.rocmforge.reports.stats.Row;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether a machine was busy with something else while one of two sides was measured. */
final class MachineLoad {
  /** What a benchmark's own threads add is no more than the processors. */
  private static final double BESIDE_PROCESSORS = 0.5;

  private MachineLoad() {}

  /**
   * In words, where one side ran with more runnable threads than processors and the other did not.
   */
  static Optional<String> difference(List<Row> before, List<Row> after) {
    Optional<Double> usual = median(before);
    Optional<Double> found = median(after);
    if (usual.isEmpty() || found.isEmpty()) {
      return Optional.empty();
    }
    double most = after.getLast().run().environment().cores() + BESIDE_PROCESSORS;
    return (usual.get() > most) == (found.get() > most)
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the machine was busy: load %.1f in the baseline, %.1f in the candidate",
                usual.get(),
                found.get()));
  }

  private static Optional<Double> median(List<Row> rows) {
    double[] loads =
        rows.stream()
            .filter(row -> row.run().environment().loadAverage().isPresent())
            .mapToDouble(row -> row.run().environment().loadAverage().getAsDouble())
            .toArray();
    return loads.length == 0 ? Optional.empty() : Optional.of(Distribution.of(loads).median());
  }
}
