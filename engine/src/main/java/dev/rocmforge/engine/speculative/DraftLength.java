package dev.rocmforge.engine.speculative;

/**
 * How many tokens to draft for the next pass. Belongs to one thread; generations of the same two
 * models may share it, one after the other.
 */
public sealed interface DraftLength permits FixedLength, AdaptiveLength {
  /** Most tokens that {@link #next} ever asks for. */
  int most();

  /** Tokens to draft; 0 is a plain step. */
  int next();

  /** Told what the last pass did. */
  void observe(PassCost pass);

  /**
   * A pass and what it cost.
   *
   * @param drafted tokens; 0 for a plain step
   * @param accepted of them
   * @param draftNanos of drafting
   * @param passNanos of the model's pass and the judgement
   */
  record PassCost(int drafted, int accepted, long draftNanos, long passNanos) {
    /** Tokens that the pass settled: the accepted and one of the model's own. */
    int tokens() {
      return accepted + 1;
    }

    long nanos() {
      return draftNanos + passNanos;
    }
  }
}
