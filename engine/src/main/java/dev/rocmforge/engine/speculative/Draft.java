package dev.rocmforge.engine.speculative;

import java.util.Arrays;

/**
 * Drafted tokens, each with the distribution that it was drawn from. A drafter that does not draw
 * but decide has no distributions: all chance is on its token. Reused from pass to pass.
 */
public final class Draft {
  private final int[] tokens;
  private final int vocabulary;

  /** Made when first needed: a long draft over a large vocabulary is a rare wish. */
  private final double[][] distributions;

  private int size;

  /**
   * @param most tokens of a draft
   * @param vocabulary entries of a distribution; 0 if tokens are decided
   */
  Draft(int most, int vocabulary) {
    tokens = new int[most];
    this.vocabulary = vocabulary;
    distributions = new double[most][];
  }

  int size() {
    return size;
  }

  int token(int index) {
    return tokens[index];
  }

  void clear() {
    size = 0;
  }

  /** Appends a token; its distribution, if any, has been written to {@link #next}. */
  void add(int token) {
    tokens[size++] = token;
  }

  boolean drawn() {
    return vocabulary > 0;
  }

  /** Where the distribution of the next token goes. */
  double[] next() {
    if (distributions[size] == null) {
      distributions[size] = new double[vocabulary];
    }
    return distributions[size];
  }

  /** The chance that the drafter gave to {@code token} at {@code index}. */
  double chance(int index, int token) {
    if (!drawn()) {
      return token == tokens[index] ? 1 : 0;
    }
    double[] distribution = distributions[index];
    return token < distribution.length ? distribution[token] : 0;
  }

  /** The draft with {@code first} in front: what the model is run on. */
  int[] after(int first) {
    int[] all = new int[size + 1];
    all[0] = first;
    System.arraycopy(tokens, 0, all, 1, size);
    return all;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(tokens, size));
  }
}
