package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.EnvironmentException;

/** A HIP call failed: which, with what code, and what it was doing. */
public final class HipException extends EnvironmentException {
  private static final long serialVersionUID = 1L;

  private final String function;
  private final int code;
  private final String codeName;

  HipException(String function, int code, String codeName, String context) {
    super(function + ": " + codeName + " (" + code + "): " + context);
    this.function = function;
    this.code = code;
    this.codeName = codeName;
  }

  public String function() {
    return function;
  }

  public int code() {
    return code;
  }

  /** As in C: {@code hipErrorOutOfMemory}. */
  public String codeName() {
    return codeName;
  }

  /**
   * Whether the device's context is lost with it, as by a fault in a kernel: every later call fails
   * until {@link Device#reset}.
   */
  public boolean contextLost() {
    return HipErrors.CONTEXT_LOST.contains(code);
  }

  /** Whether the device had not enough memory left. */
  public boolean outOfMemory() {
    return code == HipErrors.OUT_OF_MEMORY;
  }
}
