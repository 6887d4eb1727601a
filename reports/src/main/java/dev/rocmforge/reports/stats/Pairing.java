package dev.rocmforge.reports.stats;

import dev.rocmforge.reports.record.RunRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Two sets of runs side by side: what compares is judged, what does not is refused with the reason.
 *
 * @param pairs the same work on the same hardware, in the order of the first side
 * @param refusals rows of either side without a partner
 */
public record Pairing(List<Pair> pairs, List<Refusal> refusals) {
  /** Everything must be equal but the host's name. */
  private static final Set<Facet> FACETS =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(Facet.HOST)));

  /**
   * Rows that compare.
   *
   * @param a newest row of the first side
   * @param b newest row of the second side
   * @param judgement of the second side against the first
   */
  public record Pair(Row a, Row b, Judgement judgement) {}

  /**
   * A row that stands alone.
   *
   * @param row which
   * @param why with the values that differ from the nearest row of the other side
   */
  public record Refusal(Row row, String why) {}

  public Pairing {
    pairs = List.copyOf(pairs);
    refusals = List.copyOf(refusals);
  }

  /** Pairs the rows of two sides, each oldest run first. */
  public static Pairing of(List<RunRecord> a, List<RunRecord> b) {
    List<Series> ones = series(a);
    List<Series> others = series(b);
    List<Pair> pairs = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Series one : ones) {
      Optional<Series> partner = partner(one, others);
      if (partner.isPresent()) {
        pairs.add(
            new Pair(
                one.latest(),
                partner.get().latest(),
                Judgement.of(one.rows(), partner.get().rows())));
      } else {
        refusals.add(new Refusal(one.latest(), why(one.latest(), others, "second")));
      }
    }
    for (Series other : others) {
      if (partner(other, ones).isEmpty()) {
        refusals.add(new Refusal(other.latest(), why(other.latest(), ones, "first")));
      }
    }
    return new Pairing(pairs, refusals);
  }

  private static List<Series> series(List<RunRecord> runs) {
    return Series.of(runs.stream().flatMap(run -> Row.of(run).stream()).toList(), FACETS);
  }

  private static Optional<Series> partner(Series series, List<Series> others) {
    List<String> identity = series.latest().identity(FACETS);
    return others.stream()
        .filter(other -> other.latest().identity(FACETS).equals(identity))
        .findFirst();
  }

  private static String why(Row row, List<Series> others, String side) {
    return nearest(row, others.stream().map(Series::latest).toList(), FACETS)
        .orElse("nothing of this phase on the " + side + " side");
  }

  /** How the nearest row of the same phase differs; empty where there is none. */
  static Optional<String> nearest(Row row, List<Row> others, Set<Facet> facets) {
    return others.stream()
        .filter(other -> Facet.KIND.of(other).equals(Facet.KIND.of(row)))
        .min(Comparator.comparingInt(other -> row.differences(other, facets).size()))
        .map(
            other ->
                row.differences(other, facets).stream()
                    .map(
                        facet ->
                            facet.words() + ": " + facet.shown(row) + " and " + facet.shown(other))
                    .collect(Collectors.joining("; ")));
  }
}
