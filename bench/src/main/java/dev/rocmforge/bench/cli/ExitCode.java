package dev.rocmforge.bench.cli;

/** How the process ends; docs/manual.md has the same table for people. */
public enum ExitCode {
  /** What was asked is done. */
  DONE(0),
  /** A check failed, or a file, model, prompt or place to write is wrong. */
  FAILED(1),
  /** The command line is wrong. */
  USAGE(2),
  /** The machine lacks something: a JDK, a library, a device, memory, a connection. */
  ENVIRONMENT(3),
  /** Measured, but the samples allow no verdict. */
  INCONCLUSIVE(4),
  /** Another process held the GPU lock for too long. */
  GPU_LOCKED(10);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
