package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.EnvironmentException;

/** There is no usable GPU runtime or device; the reason tells the ways apart. */
public final class HipUnavailableException extends EnvironmentException {
  private static final long serialVersionUID = 1L;

  /** Why; each has a message of its own. */
  public enum Reason {
    NO_LIBRARY,
    NO_COMPILER_LIBRARY,
    NO_DRIVER,
    NO_PERMISSION,
    NO_DEVICE,
    STAND_IN_NOT_BUILT
  }

  private final Reason reason;

  public HipUnavailableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
