package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How one check ended. */
public enum CheckVerdict {
  @JsonProperty("passed")
  PASSED("passed"),
  @JsonProperty("failed")
  FAILED("failed"),
  @JsonProperty("skipped")
  SKIPPED("skipped");

  private final String label;

  CheckVerdict(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
