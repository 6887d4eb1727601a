package dev.rocmforge.engine.hip;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Waits for the device by asking, so that every wait ends: the runtime's own waits have no limit. A
 * device that is not done in time counts as hung from there on, and nothing is asked of it any
 * more, not even to take its memory back, since that would wait as well.
 */
final class DeviceWait {
  /** Asking without a pause: a decode step ends within it, and its end is seen at once. */
  private static final long SPIN_NANOS = 20_000_000;

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
    if (code == HipErrors.NOT_READY) {
      code = poll(query, what);
    }
    if (code != HipErrors.SUCCESS) {
      throw errors.exception(code, function, what.toString());
    }
  }

  private int poll(IntSupplier query, Object what) {
    long begin = System.nanoTime();
    while (true) {
      int code = query.getAsInt();
      if (code != HipErrors.NOT_READY) {
        return code;
      }
      long waited = System.nanoTime() - begin;
      if (waited > most.toNanos()) {
        hung = true;
        throw errors.exception(
            HipErrors.LAUNCH_TIMEOUT,
            "wait",
            "%s not done after %d s (%s)"
                .formatted(what, most.toSeconds(), HipSettings.DEVICE_TIMEOUT));
      }
      if (waited < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
