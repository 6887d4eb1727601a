package dev.rocmforge.engine.tokenizer;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The merge rules as one open-addressed table from a pair of ids to the rule's rank and the id of
 * the merged token. Immutable.
 */
final class MergeTable {
  private static final long EMPTY = -1;

  private final long[] pairs;
  private final int[] ranks;
  private final int[] merged;

  private MergeTable(int rules) {
    int slots = Integer.highestOneBit(Math.max(rules, 4) * 2 - 1) * 2;
    pairs = new long[slots];
    ranks = new int[slots];
    merged = new int[slots];
    Arrays.fill(pairs, EMPTY);
  }

  /**
   * @throws InputException if a rule is not two tokens of the vocabulary that join to a third
   */
  static MergeTable of(List<String> rules, Map<String, Integer> ids, String source) {
    MergeTable table = new MergeTable(rules.size());
    for (int rank = 0; rank < rules.size(); rank++) {
      String rule = rules.get(rank);
      int space = rule.indexOf(' ', 1);
      Integer left = space < 0 ? null : ids.get(rule.substring(0, space));
      Integer right = space < 0 ? null : ids.get(rule.substring(space + 1));
      Integer whole =
          space < 0 ? null : ids.get(rule.substring(0, space).concat(rule.substring(space + 1)));
      if (left == null || right == null || whole == null) {
        throw new InputException(
            source
                + ": tokenizer.ggml.merges["
                + rank
                + "] is \""
                + rule
                + "\": not two tokens and their union in the vocabulary");
      }
      table.put(pair(left, right), rank, whole);
    }
    return table;
  }

  private void put(long pair, int rank, int whole) {
    int slot = slot(pair);
    if (pairs[slot] == EMPTY) {
      pairs[slot] = pair;
      ranks[slot] = rank;
      merged[slot] = whole;
    }
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  /** The slot of a pair, or the empty one where it would go. */
  private int slot(long pair) {
    int mask = pairs.length - 1;
    long mixed = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (pairs[slot] != pair && pairs[slot] != EMPTY) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Slot of the rule for these neighbours, or -1. */
  int find(int left, int right) {
    int slot = slot(pair(left, right));
    return pairs[slot] == EMPTY ? -1 : slot;
  }

  int rank(int slot) {
    return ranks[slot];
  }

  int merged(int slot) {
    return merged[slot];
  }
}
