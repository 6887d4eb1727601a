package dev.rocmforge.reports.store;

import dev.rocmforge.reports.ReportException;
import java.time.Instant;

/**
 * A person's word on a history: from a moment on the times are others, and why.
 *
 * @param schemaVersion version of this shape; others are refused
 * @param since runs that began before it are no baseline for those after it
 * @param row name of the workload it is about, such as {@code tg128 @ d4096}; {@code *} for all
 * @param reason in the words of whoever wrote it; never blank
 */
public record Annotation(int schemaVersion, Instant since, String row, String reason) {
  public static final int SCHEMA_VERSION = 1;

  /** Every row of a history. */
  public static final String ALL_ROWS = "*";

  public Annotation {
    if (schemaVersion != SCHEMA_VERSION) {
      throw new ReportException(
          "annotation: schema version %d, but this rocmforge reads version %d only"
              .formatted(schemaVersion, SCHEMA_VERSION));
    }
    if (since == null || row == null || row.isBlank() || reason == null || reason.isBlank()) {
      throw new ReportException(
          "annotation: since, row and reason needed, found %s, '%s' and '%s'"
              .formatted(since, row, reason));
    }
  }

  public static Annotation of(Instant since, String row, String reason) {
    return new Annotation(SCHEMA_VERSION, since, row, reason);
  }

  /** Whether it is about the workload of this name. */
  public boolean concerns(String workload) {
    return row.equals(ALL_ROWS) || row.equals(workload);
  }
}
