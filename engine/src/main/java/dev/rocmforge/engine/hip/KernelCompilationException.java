package dev.rocmforge.engine.hip;

import dev.rocmforge.engine.EnvironmentException;

/** The run-time compiler refused a kernel; its log tells why. */
public final class KernelCompilationException extends EnvironmentException {
  private static final long serialVersionUID = 1L;

  private final String log;

  KernelCompilationException(String message, String log) {
    super(log.isBlank() ? message : message + "\n" + log.strip());
    this.log = log;
  }

  public String log() {
    return log;
  }
}
