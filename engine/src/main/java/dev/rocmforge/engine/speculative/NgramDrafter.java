package dev.rocmforge.engine.speculative;

/**
 * Drafts without a second model: finds the last place where the text already had its present ending
 * and proposes what followed there (prompt lookup). Costs next to nothing, and pays where a text
 * repeats itself: code, quotations, tables.
 */
public final class NgramDrafter implements Drafter {
  /** Longer endings say hardly more, and are found less often. */
  private static final int LONGEST = 4;

  /** A single token's earlier place says little about what follows. */
  private static final int SHORTEST = 2;

  @Override
  public Draft newDraft(int most) {
    return new Draft(most, 0);
  }

  @Override
  public String name() {
    return "ngram";
  }

  @Override
  public void draft(TokenText text, int most, Draft draft) {
    draft.clear();
    for (int length = Math.min(LONGEST, text.size() - 1); length >= SHORTEST; length--) {
      int place = lastPlace(text, length);
      if (place >= 0) {
        int from = place + length;
        int count = Math.min(most, text.size() - from);
        for (int i = 0; i < count; i++) {
          draft.add(text.get(from + i));
        }
        return;
      }
    }
  }

  /** Where the last {@code length} tokens stand for the last time before the end, or -1. */
  private static int lastPlace(TokenText text, int length) {
    int end = text.size() - length;
    for (int place = end - 1; place >= 0; place--) {
      int same = 0;
      while (same < length && text.get(place + same) == text.get(end + same)) {
        same++;
      }
      if (same == length) {
        return place;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
