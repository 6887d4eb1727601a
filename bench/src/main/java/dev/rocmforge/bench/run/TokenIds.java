package dev.rocmforge.bench.run;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** An immutable row of token ids; an array of numbers in JSON. */
public final class TokenIds {
  /** No tokens. */
  public static final TokenIds NONE = new TokenIds(new int[0]);

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  /** A copy of the given ids. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static TokenIds of(int... ids) {
    return new TokenIds(ids.clone());
  }

  public int size() {
    return ids.length;
  }

  public boolean isEmpty() {
    return ids.length == 0;
  }

  /** Ids {@code from} to {@code to - 1}. */
  public TokenIds range(int from, int to) {
    return new TokenIds(Arrays.copyOfRange(ids, from, to));
  }

  /** These and then those. */
  public TokenIds plus(TokenIds more) {
    int[] all = Arrays.copyOf(ids, ids.length + more.ids.length);
    System.arraycopy(more.ids, 0, all, ids.length, more.ids.length);
    return new TokenIds(all);
  }

  /** A copy of the ids. */
  @JsonValue
  public int[] toArray() {
    return ids.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds tokens && Arrays.equals(ids, tokens.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
