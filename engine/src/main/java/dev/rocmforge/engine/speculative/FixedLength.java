package dev.rocmforge.engine.speculative;

/**
 * Always as many. The tokens of a seeded generation then depend on nothing but the seed, where
 * {@link AdaptiveLength} lets times in.
 */
public record FixedLength(int most) implements DraftLength {
  @Override
  public int next() {
    return most;
  }

  @Override
  public void observe(PassCost pass) {
    // Nothing is learnt.
  }
}
