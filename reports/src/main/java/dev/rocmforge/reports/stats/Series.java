package dev.rocmforge.reports.stats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The same work on the same machine over time.
 *
 * @param rows at least one, oldest first
 */
public record Series(List<Row> rows) {
  public Series {
    rows = List.copyOf(rows);
  }

  /** Series of rows in the order given, grouped by what must be equal; in order of first rows. */
  public static List<Series> of(List<Row> rows, Set<Facet> facets) {
    Map<List<String>, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      groups.computeIfAbsent(row.identity(facets), identity -> new ArrayList<>()).add(row);
    }
    return groups.values().stream().map(Series::new).toList();
  }

  public Row latest() {
    return rows.getLast();
  }

  /** The rows before the latest that a passed check stands behind. */
  public List<Row> checkedBefore() {
    return rows.subList(0, rows.size() - 1).stream().filter(Row::checked).toList();
  }
}
