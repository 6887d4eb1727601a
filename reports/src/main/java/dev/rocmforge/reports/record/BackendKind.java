package dev.rocmforge.reports.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which of the engine's backends ran the model. */
public enum BackendKind {
  @JsonProperty("scalar")
  SCALAR("scalar"),
  @JsonProperty("vector")
  VECTOR("vector"),
  @JsonProperty("gpu")
  GPU("gpu");

  private final String label;

  BackendKind(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
