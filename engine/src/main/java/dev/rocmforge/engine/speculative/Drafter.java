package dev.rocmforge.engine.speculative;

/** Proposes how a text goes on. Belongs to one generation and one thread. */
public interface Drafter extends AutoCloseable {
  /** A draft of at most {@code most} tokens, as {@link #draft} fills it. */
  Draft newDraft(int most);

  /** Short stable name for records and messages. */
  String name();

  /**
   * Proposes the tokens that follow.
   *
   * @param text everything so far; what an earlier call was given may have been cut and continued
   * @param most tokens wanted, at least 1
   * @param draft emptied, then filled with at most that many; none where nothing can be proposed
   */
  void draft(TokenText text, int most, Draft draft);

  @Override
  void close();
}
