package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** An immutable series of durations in nanoseconds, each 0 or more; an array of numbers in JSON. */
public final class Nanos {
  private final long[] values;

  private Nanos(long[] values) {
    this.values = values;
  }

  /** A copy of the given durations. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Nanos of(long... values) {
    long[] copy = Require.present(values, "nanos").clone();
    for (int i = 0; i < copy.length; i++) {
      Require.atLeast(0, copy[i], "nanos[" + i + "]");
    }
    return new Nanos(copy);
  }

  public int size() {
    return values.length;
  }

  public boolean isEmpty() {
    return values.length == 0;
  }

  public long get(int index) {
    return values[index];
  }

  public long sum() {
    return Arrays.stream(values).sum();
  }

  /** A copy of the durations. */
  @JsonValue
  public long[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Nanos nanos && Arrays.equals(values, nanos.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
