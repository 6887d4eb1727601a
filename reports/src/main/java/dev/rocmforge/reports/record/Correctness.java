package dev.rocmforge.reports.record;

import java.util.List;

/** What all checks of one run say together; a speed that is not {@link #PASSED} proves nothing. */
public enum Correctness {
  /** At least one check passed and none failed. */
  PASSED("passed"),
  /** At least one check failed. */
  FAILED("FAILED"),
  /** No check ran, or every one was skipped. */
  UNCHECKED("UNCHECKED");

  private final String label;

  Correctness(String label) {
    this.label = label;
  }

  /** The word printed beside a speed. */
  public String label() {
    return label;
  }

  static Correctness of(List<CheckRecord> checks) {
    if (checks.stream().anyMatch(check -> check.verdict() == CheckVerdict.FAILED)) {
      return FAILED;
    }
    return checks.stream().anyMatch(check -> check.verdict() == CheckVerdict.PASSED)
        ? PASSED
        : UNCHECKED;
  }
}
