package dev.rocmforge.bench.models;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that brings nothing for too long, so that the thread reading it gets on. */
final class StallGuard implements AutoCloseable {
  private final Duration limit;
  private final Thread watcher;
  private volatile long lastArrivalNanos = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream watched, Duration limit) {
    this.limit = limit;
    this.watcher = Thread.ofVirtual().start(() -> watch(watched));
  }

  /** Something arrived. */
  void arrived() {
    lastArrivalNanos = System.nanoTime();
  }

  /** Throws if the end of the stream was this guard's doing. */
  void check() throws IOException {
    if (stalled) {
      throw new IOException("nothing arrived for " + limit.toMillis() + " ms");
    }
  }

  private void watch(InputStream watched) {
    try {
      while (System.nanoTime() - lastArrivalNanos < limit.toNanos()) {
        Thread.sleep(limit.dividedBy(4));
      }
      stalled = true;
      watched.close();
    } catch (InterruptedException e) {
      // The transfer ended first.
    } catch (IOException e) {
      // The reader meets the same broken stream and reports it.
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
