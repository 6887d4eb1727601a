package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.hip.HipException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs many cases in order; another thread may stop it, and what was done is kept. */
public final class KernelSuite {
  private final KernelCheck check;
  private final List<KernelVerdict> verdicts = new ArrayList<>();
  private volatile boolean stopped;

  public KernelSuite(KernelCheck check) {
    this.check = check;
  }

  /**
   * Runs the cases until they are done or {@link #stop} is called.
   *
   * @param after told of each verdict at once
   * @throws HipException when the device is lost and cannot be made anew
   */
  public void run(List<KernelCase> cases, Consumer<KernelVerdict> after)
      throws InterruptedException {
    check.compileAhead(cases);
    for (KernelCase one : cases) {
      if (stopped) {
        return;
      }
      KernelVerdict verdict = check.check(one);
      synchronized (verdicts) {
        verdicts.add(verdict);
      }
      after.accept(verdict);
    }
  }

  /** No further case begins. */
  public void stop() {
    stopped = true;
  }

  /** What has been decided so far. */
  public List<KernelVerdict> verdicts() {
    synchronized (verdicts) {
      return List.copyOf(verdicts);
    }
  }
}
