package dev.rocmforge.engine.tokenizer;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds tokens that are written out in text: the leftmost place, the longest token there. A trie;
 * immutable once built.
 */
final class SpecialTokens {
  /** A token found at [{@code start}, {@code end}). */
  record Match(int start, int end, int id) {}

  private static final class Node {
    final Map<Character, Node> children = new HashMap<>();
    int id = -1;
  }

  private final Node root = new Node();
  private final BitSet firstLetters = new BitSet();

  /** Adds a token; of two with one spelling the first stays. */
  void add(String token, int id) {
    if (token.isEmpty()) {
      return;
    }
    Node node = root;
    for (int i = 0; i < token.length(); i++) {
      node = node.children.computeIfAbsent(token.charAt(i), _ -> new Node());
    }
    if (node.id < 0) {
      node.id = id;
    }
    firstLetters.set(token.charAt(0));
  }

  /** The first match at or after {@code from}, or null. */
  Match find(String text, int from) {
    for (int start = from; start < text.length(); start++) {
      if (firstLetters.get(text.charAt(start))) {
        Match match = longestAt(text, start);
        if (match != null) {
          return match;
        }
      }
    }
    return null;
  }

  private Match longestAt(String text, int start) {
    Match longest = null;
    Node node = root;
    for (int i = start; i < text.length(); i++) {
      node = node.children.get(text.charAt(i));
      if (node == null) {
        break;
      }
      if (node.id >= 0) {
        longest = new Match(start, i + 1, node.id);
      }
    }
    return longest;
  }
}
