package dev.rocmforge.engine.gpu;

import java.util.Arrays;

/**
 * Which expert lies in which slot; the one not used for longest gives way. Experts of one turn do
 * not push each other out. Decides only: copies are the caller's. Allocates nothing after it is
 * made.
 */
final class ExpertCache {
  static final int NONE = -1;

  private final int[] slotOf;
  private final int[] expertIn;

  /** The turn in which a slot was last used or filled. */
  private final long[] turnOf;

  /** Slots from the one used last to the one used longest ago; both ends are {@code slots}. */
  private final int[] newer;

  private final int[] older;
  private long turn = 1;

  ExpertCache(int experts, int slots) {
    slotOf = new int[experts];
    expertIn = new int[slots];
    turnOf = new long[slots];
    newer = new int[slots + 1];
    older = new int[slots + 1];
    Arrays.fill(slotOf, NONE);
    Arrays.fill(expertIn, NONE);
    for (int slot = 0; slot <= slots; slot++) {
      older[slot] = (slot + 1) % (slots + 1);
      newer[(slot + 1) % (slots + 1)] = slot;
    }
  }

  int slots() {
    return expertIn.length;
  }

  /** Experts used from here on stay until the next turn. */
  void turn() {
    turn++;
  }

  /** The expert's slot, or {@link #NONE}. */
  int slot(int expert) {
    return slotOf[expert];
  }

  /** The expert's slot, which stays for this turn, or {@link #NONE}. */
  int use(int expert) {
    int slot = slotOf[expert];
    if (slot != NONE) {
      toFront(slot);
    }
    return slot;
  }

  /**
   * A slot for an expert that has none: free, or taken from the one not used for longest; {@link
   * #NONE} if all are of this turn.
   */
  int admit(int expert) {
    int end = expertIn.length;
    int slot = newer[end];
    if (slot == end || turnOf[slot] == turn) {
      return NONE;
    }
    if (expertIn[slot] != NONE) {
      slotOf[expertIn[slot]] = NONE;
    }
    expertIn[slot] = expert;
    slotOf[expert] = slot;
    toFront(slot);
    return slot;
  }

  private void toFront(int slot) {
    int end = expertIn.length;
    turnOf[slot] = turn;
    older[newer[slot]] = older[slot];
    newer[older[slot]] = newer[slot];
    older[slot] = older[end];
    newer[slot] = end;
    newer[older[end]] = slot;
    older[end] = slot;
  }
}
