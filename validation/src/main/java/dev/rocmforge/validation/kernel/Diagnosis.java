package dev.rocmforge.validation.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;

/**
 * Says of a field of wrong elements what their positions and values have in common: never written,
 * tail of the rows, one residue, exchanged elements, one factor.
 */
final class Diagnosis {
  private static final int MOST_EXCHANGED = 4096;

  private final Trial.Slot slot;
  private final Expectation expected;
  private final MemorySegment after;
  private final boolean[] wrong;
  private final int count;
  private final int[] places;

  Diagnosis(
      Trial.Slot slot, Expectation expected, MemorySegment after, boolean[] wrong, int count) {
    this.slot = slot;
    this.expected = expected;
    this.after = after;
    this.wrong = wrong;
    this.count = count;
    places = java.util.stream.IntStream.range(0, wrong.length).filter(i -> wrong[i]).toArray();
  }

  String words() {
    List<String> found = new ArrayList<>();
    int first = places[0];
    found.add(
        String.format(
            Locale.ROOT,
            "%d of %d elements wrong, first (%d, %d): %s instead of %s",
            count,
            wrong.length,
            first / expected.columns(),
            first % expected.columns(),
            number(measured(first)),
            expected.touched(first)
                ? number(expected.value(first)) + " +- " + number(expected.bound(first))
                : "what lay there"));
    contents().ifPresent(found::add);
    residue().ifPresent(found::add);
    return String.join("; ", found);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.9g", value);
  }

  private double measured(int index) {
    return slot.element().read(after, index);
  }

  private Optional<String> contents() {
    if (every(i -> !expected.touched(i))) {
      return Optional.of("written where nothing belongs: a missing guard at the tail");
    }
    if (every(i -> expected.touched(i) && unchanged(i))) {
      return Optional.of("never written, the memory is as it was before");
    }
    if (every(i -> Double.isNaN(measured(i)))) {
      return Optional.of("all of them NaN: poison was read, or a result spoilt");
    }
    return exchanged().or(this::factor);
  }

  private boolean unchanged(int index) {
    int size = slot.element().bytes();
    return after
            .asSlice((long) index * size, size)
            .mismatch(MemorySegment.ofArray(slot.initial()).asSlice((long) index * size, size))
        < 0;
  }

  private boolean every(java.util.function.IntPredicate holds) {
    return java.util.Arrays.stream(places).allMatch(holds);
  }

  /** Every wrong value is the right one of a place at the same distance, or of its mirror. */
  private Optional<String> exchanged() {
    if (count < 2 || count > MOST_EXCHANGED) {
      return Optional.empty();
    }
    for (int mask = 1; mask <= 64; mask *= 2) {
      int bit = mask;
      if (isAt(i -> i ^ bit)) {
        return Optional.of("halves swapped: each holds the value of index xor " + bit);
      }
    }
    for (int shift = 1; shift <= 64; shift++) {
      for (int by : new int[] {shift, -shift}) {
        if (isAt(i -> i + by)) {
          return Optional.of("shifted: each holds the value of the place " + by + " further on");
        }
      }
    }
    return permuted()
        ? Optional.of("a permutation: the right values at other places")
        : Optional.empty();
  }

  private boolean isAt(IntUnaryOperator other) {
    // Zeros are everywhere alike and tell of no exchange.
    boolean telling = !every(i -> measured(i) == 0);
    return telling
        && every(
            i -> {
              int from = other.applyAsInt(i);
              return from >= 0
                  && from < expected.size()
                  && expected.touched(from)
                  && expected.accepts(from, measured(i));
            });
  }

  private boolean permuted() {
    double[] values =
        java.util.Arrays.stream(places).mapToDouble(expected::value).sorted().toArray();
    double[] found = java.util.Arrays.stream(places).mapToDouble(this::measured).sorted().toArray();
    for (int i = 0; i < values.length; i++) {
      double allowed = 4 * expected.bound(places[i]) + 1e-9 * Math.abs(values[i]);
      if (!(Math.abs(values[i] - found[i]) <= allowed) || values[i] == 0) {
        return false;
      }
    }
    return true;
  }

  /** The same factor everywhere: a sign or a scale. */
  private Optional<String> factor() {
    double factor = measured(places[0]) / expected.value(places[0]);
    boolean same =
        Double.isFinite(factor)
            && every(
                i ->
                    Math.abs(measured(i) - factor * expected.value(i))
                        <= 2 * (1 + Math.abs(factor)) * expected.bound(i)
                            + 1e-5 * Math.abs(factor * expected.value(i)));
    return count > 2 && same
        ? Optional.of("all of them off by the factor " + number(factor))
        : Optional.empty();
  }

  private Optional<String> residue() {
    int columns = expected.columns();
    List<String> found = new ArrayList<>();
    common(i -> i % columns, columns, "column").ifPresent(found::add);
    common(i -> i / columns, wrong.length / columns, "row").ifPresent(found::add);
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", found));
  }

  private Optional<String> common(IntUnaryOperator place, int size, String what) {
    TreeSet<Integer> touched = new TreeSet<>();
    for (int i : places) {
      touched.add(place.applyAsInt(i));
    }
    if (touched.size() == size) {
      return Optional.empty();
    }
    if (touched.size() == 1) {
      return Optional.of("only in " + what + " " + touched.first() + " of " + size);
    }
    for (int modulus : new int[] {64, 32, 16, 8, 4, 2}) {
      long residues = touched.stream().map(at -> at % modulus).distinct().count();
      if (modulus < size && residues == 1) {
        return Optional.of(
            "only where " + what + " mod " + modulus + " = " + touched.first() % modulus);
      }
    }
    if (touched.last() == lastTouched(place) && touched.last() - touched.first() < touched.size()) {
      return Optional.of("only the tail, from " + what + " " + touched.first() + " of " + size);
    }
    for (int modulus : new int[] {64, 32, 16}) {
      long residues = touched.stream().map(at -> at % modulus).distinct().count();
      if (modulus < size && residues <= modulus / 2) {
        return Optional.of(
            "in " + residues + " of " + modulus + " residues of " + what + " mod " + modulus);
      }
    }
    return Optional.empty();
  }

  private int lastTouched(IntUnaryOperator place) {
    int last = 0;
    for (int i = 0; i < expected.size(); i++) {
      last = expected.touched(i) ? Math.max(last, place.applyAsInt(i)) : last;
    }
    return last;
  }
}
