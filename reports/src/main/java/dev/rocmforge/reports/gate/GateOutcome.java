package dev.rocmforge.reports.gate;

/** How the gate ends, mildest first: of several rows the last of these counts. */
public enum GateOutcome {
  PASS,
  /** Measured, but the samples allow no verdict. */
  INCONCLUSIVE,
  /** Nothing to compare with, or a change that the code cannot have caused. */
  ENVIRONMENT,
  /** Slower, wrong, unchecked or not measured. */
  REGRESSION
}
