package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.RunRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Many machines by the same work: fastest first, and what cannot be ranked with the reason.
 *
 * @param contests work that at least two machines did
 * @param refusals rows that no contest has
 */
public record Ranking(List<Contest> contests, List<Pairing.Refusal> refusals) {
  private static final Set<Facet> MACHINE =
      Collections.unmodifiableSet(EnumSet.of(Facet.THREADS, Facet.HARDWARE, Facet.HOST));

  /**
   * The same work on several machines.
   *
   * @param rows the newest checked row of each machine, highest rate first
   */
  public record Contest(List<Row> rows) {
    public Contest {
      rows = List.copyOf(rows);
    }
  }

  public Ranking {
    contests = List.copyOf(contests);
    refusals = List.copyOf(refusals);
  }

  /** Ranks the newest run of each machine, of runs given oldest first. */
  public static Ranking of(List<RunRecord> runs) {
    Map<List<String>, Row> newest = new LinkedHashMap<>();
    for (RunRecord run : runs) {
      for (Row row : Row.of(run)) {
        newest.put(row.identity(Facet.ALL), row);
      }
    }
    List<Pairing.Refusal> refusals = new ArrayList<>();
    List<Row> checked = new ArrayList<>();
    for (Row row : newest.values()) {
      if (row.checked()) {
        checked.add(row);
      } else {
        String why = "output " + row.run().correctness().label();
        refusals.add(new Pairing.Refusal(row, why));
      }
    }
    List<Contest> contests = new ArrayList<>();
    for (Series same : Series.of(checked, Facet.WORK)) {
      long machines = same.rows().stream().map(row -> row.identity(MACHINE)).distinct().count();
      if (machines > 1) {
        contests.add(
            new Contest(
                same.rows().stream()
                    .sorted(Comparator.comparingDouble((Row row) -> -row.rate(row.medianNanos())))
                    .toList()));
      } else {
        refusals.add(new Pairing.Refusal(same.latest(), alone(same.latest(), checked)));
      }
    }
    return new Ranking(contests, refusals);
  }

  private static String alone(Row row, List<Row> rows) {
    List<Row> elsewhere =
        rows.stream()
            .filter(other -> !other.identity(MACHINE).equals(row.identity(MACHINE)))
            .toList();
    return Pairing.nearest(row, elsewhere, Facet.WORK).orElse("no other machine did such work");
  }
}
