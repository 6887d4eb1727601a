package dev.rocmforge.reports;

/**
 * A record, history file or output place is wrong or out of room; the message names the place and
 * what was found there.
 */
public final class ReportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReportException(String message) {
    super(message);
  }

  public ReportException(String message, Throwable cause) {
    super(message, cause);
  }
}
