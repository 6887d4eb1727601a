package dev.rocmforge.engine.sampling;

/** The latest tokens in a ring, with a count for each token so that membership is one look-up. */
final class RecentTokens {
  private final int[] ring;
  private final int[] counts;
  private int next;
  private int size;

  RecentTokens(int window, int vocabularySize) {
    ring = new int[window];
    counts = new int[window == 0 ? 0 : vocabularySize];
  }

  void add(int token) {
    if (ring.length == 0) {
      return;
    }
    if (size == ring.length) {
      counts[ring[next]]--;
    } else {
      size++;
    }
    ring[next] = token;
    counts[token]++;
    next = next + 1 == ring.length ? 0 : next + 1;
  }

  boolean contains(int token) {
    return ring.length != 0 && counts[token] > 0;
  }
}
