package dev.rocmforge.reports.record;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Immutable maps in key order, so that equal records have equal JSON. */
final class Sorted {
  private Sorted() {}

  static SortedMap<String, String> copyOf(Map<String, String> map, String field) {
    TreeMap<String, String> copy = new TreeMap<>(Require.present(map, field));
    copy.forEach((key, value) -> Require.present(value, field + "." + key));
    return Collections.unmodifiableSortedMap(copy);
  }
}
