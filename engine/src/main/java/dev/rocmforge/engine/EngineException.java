package dev.rocmforge.engine;

/**
 * Root of the typed errors that outside input or the outside world can cause; the message names the
 * place and both values.
 */
public abstract sealed class EngineException extends RuntimeException
    permits InputException, EnvironmentException {
  private static final long serialVersionUID = 1L;

  protected EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
