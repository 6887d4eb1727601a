package dev.rocmforge.engine;

/**
 * The machine lacks what was asked of it: no device, no library, no memory, a failed device call.
 */
public non-sealed class EnvironmentException extends EngineException {
  private static final long serialVersionUID = 1L;

  public EnvironmentException(String message) {
    super(message, null);
  }

  public EnvironmentException(String message, Throwable cause) {
    super(message, cause);
  }
}
