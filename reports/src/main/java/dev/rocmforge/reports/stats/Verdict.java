package dev.rocmforge.reports.stats;

import java.util.Locale;

/** The words a comparison of two runs ends in. */
public enum Verdict {
  /** Significantly faster by more than the smallest change that matters. */
  FASTER,
  /** Significantly slower by more than the smallest change that matters. */
  SLOWER,
  /** Any difference is smaller than what matters. */
  SAME,
  /** Too few or too noisy samples to tell. */
  INCONCLUSIVE,
  /** A change that the code cannot have caused, or machines that do not compare. */
  ENVIRONMENT,
  /** No passed check stands behind at least one of the two. */
  UNCHECKED;

  /** The word in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
