package dev.rocmforge.reports.format.exchange;

import dev.rocmforge.reports.record.ImportedFigure;
import dev.rocmforge.reports.record.Workload;
import java.util.List;

/** One format, both ways. Stateless. */
interface Exchange {
  String write(List<ExchangeFormat.Row> rows);

  /**
   * @param place names the file in errors
   */
  List<ImportedFigure> read(String place, String text);

  /** What the format does not hold, or what is not kept of it, in words. */
  List<String> losses(List<ImportedFigure> figures);

  /** Whether it can express such a workload. */
  default boolean holds(Workload.Kind kind) {
    return true;
  }

  /** Whether two rows of one name cannot stand in one file. */
  default boolean onePerName() {
    return false;
  }
}
