package dev.rocmforge.validation.mutant;

/**
 * What became of a planted fault.
 *
 * @param words the first case that failed and how; why it is no proper mutant; or the search
 */
public record MutantVerdict(Mutant mutant, Fate fate, String words, double seconds) {
  /** How it ended. */
  public enum Fate {
    /** A case failed, or the process died of it. */
    KILLED,
    /** Every case passed, though results differ: a hole in the suite. */
    SURVIVED,
    /** A search over more seeds found no bit that differs. */
    EQUIVALENT,
    /** It cannot be planted, does not compile, or is said to change nothing and does. */
    BROKEN;

    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
