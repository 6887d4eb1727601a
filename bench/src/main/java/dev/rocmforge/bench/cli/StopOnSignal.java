package dev.rocmforge.bench.cli;

/**
 * Ctrl-C stops the work at its next step and waits while the thread that made this object says what
 * was done.
 */
final class StopOnSignal implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 5000;

  private final Thread hook;

  /** From now on; {@code stop} is called by another thread. */
  StopOnSignal(Runnable stop) {
    Thread worker = Thread.currentThread();
    hook =
        new Thread(
            () -> {
              stop.run();
              join(worker);
            },
            "rocmforge-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void join(Thread worker) {
    try {
      worker.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs already.
    }
  }
}
