package dev.rocmforge.engine.hip;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * Waits for the device by asking, so that every wait ends: the runtime's own waits have no limit. A
 * device that is not done in time counts as hung from there on, and nothing is asked of it any
 * more, not even to take its memory back, since that would wait as well.
 */
final class DeviceWait {
  /** Questions without a pause, some 20 ms: a decode step ends within, and is seen at once. */
  private static final int SPINS = 20_000;

  private static final long PAUSE_NANOS = 50_000;

  private final HipErrors errors;
  private final Duration most;
  private volatile boolean hung;

  DeviceWait(HipErrors errors, Duration most) {
    this.errors = errors;
    this.most = most;
  }

  boolean hung() {
    return hung;
  }

  /**
   * @param query answers {@code hipErrorNotReady} until the work is done
   * @param function what it calls
   * @param what is waited for
   * @throws HipException if the work failed, or with {@code hipErrorLaunchTimeOut} after the time
   */
  void until(IntSupplier query, String function, Object what) {
    int code = query.getAsInt();
    for (int i = 0; i < SPINS && code == HipErrors.NOT_READY; i++) {
      Thread.onSpinWait();
      code = query.getAsInt();
    }
    if (code == HipErrors.NOT_READY) {
      code = poll(query, what);
    }
    if (code != HipErrors.SUCCESS) {
      throw errors.exception(code, function, what.toString());
    }
  }

  private int poll(IntSupplier query, Object what) {
    // Its waits say how long they took: the engine reads no clock.
    var lock = new ReentrantLock();
    Condition never = lock.newCondition();
    long left = most.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (left > 0) {
        try {
          left -= PAUSE_NANOS - never.awaitNanos(PAUSE_NANOS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        int code = query.getAsInt();
        if (code != HipErrors.NOT_READY) {
          return code;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    hung = true;
    throw errors.exception(
        HipErrors.LAUNCH_TIMEOUT,
        "wait",
        "%s not done after %d s (%s)"
            .formatted(what, most.toSeconds(), HipSettings.DEVICE_TIMEOUT));
  }
}
