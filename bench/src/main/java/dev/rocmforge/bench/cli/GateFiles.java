package dev.rocmforge.bench.cli;

import dev.rocmforge.bench.run.OutputPlace;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.reports.gate.GateOutcome;
import dev.rocmforge.reports.gate.GateResult;
import dev.rocmforge.reports.gate.GateRow;
import dev.rocmforge.reports.gate.GateSettings;
import dev.rocmforge.reports.record.RunRecord;
import dev.rocmforge.reports.stats.Verdict;
import dev.rocmforge.reports.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the gate reads and writes. */
final class GateFiles {
  private GateFiles() {}

  /** Of a file; without one the project's {@code ci/gate.json}, and the standard without that. */
  static GateSettings settings(Path given) {
    Path file = given == null ? ModelPlaces.standard().project().resolve("ci/gate.json") : given;
    if (given == null && !Files.exists(file)) {
      return GateSettings.standard();
    }
    try {
      return GateSettings.read(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new InputException(file + ": settings cannot be read: " + e.getMessage(), e);
    }
  }

  /** Runs of a history folder; none where there is no folder. */
  static List<RunRecord> records(Path folder) {
    return Files.isDirectory(folder) ? History.in(folder).read().records() : List.of();
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw OutputPlace.refused(file, e);
    }
  }

  /** Whether more runs may change the outcome: wrong output and missing rows stay. */
  static boolean openToMoreRuns(GateResult result) {
    boolean settled =
        result.rows().stream()
            .anyMatch(
                row ->
                    row.kind() == GateRow.Kind.MISSING
                        || row.verdict().filter(Verdict.UNCHECKED::equals).isPresent());
    return result.comparable() && !settled && result.outcome() != GateOutcome.PASS;
  }
}
