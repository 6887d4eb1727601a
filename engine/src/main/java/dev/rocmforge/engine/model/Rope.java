package dev.rocmforge.engine.model;

/**
 * Rotary position embedding: pair {@code i} of a head turns by {@code position * base^(-2i /
 * dimensions) / factor_i} (Su et al. 2021, RoFormer). The factors are the tensor {@code
 * rope_freqs.weight} where the model has one.
 *
 * @param pairing which two elements make pair {@code i}
 * @param dimensions leading elements of a head that turn; even
 * @param base frequency base
 * @param positionScale factor on positions, 1 unless the model stretches its context linearly
 */
public record Rope(Pairing pairing, int dimensions, double base, double positionScale) {
  /** Which two elements of a head make pair {@code i}. */
  public enum Pairing {
    /** Elements {@code i} and {@code i + dimensions / 2}. */
    HALVES,
    /** Elements {@code 2i} and {@code 2i + 1}. */
    ADJACENT
  }

  /** Number of pairs in a head. */
  public int pairs() {
    return dimensions / 2;
  }
}
