package dev.rocmforge.validation.kernel;

import dev.rocmforge.engine.hip.HipException;
import java.util.List;
import java.util.function.Consumer;

/** Runs many cases in order; whoever is told of a verdict, or another thread, may stop it. */
public final class KernelSuite {
  private static final int AHEAD = 48;

  private final List<KernelCheck> checks;
  private final Judge judge;
  private int ahead = AHEAD;
  private volatile boolean stopped;

  /** How a case is decided. */
  private interface Judge {
    KernelVerdict judge(KernelCase one) throws InterruptedException;
  }

  private KernelSuite(List<KernelCheck> checks, Judge judge) {
    this.checks = checks;
    this.judge = judge;
  }

  /** Cases against double arithmetic. */
  public KernelSuite(KernelCheck check) {
    this(List.of(check), check::check);
  }

  /** Bits of two folders' kernels against each other. */
  public static KernelSuite ofSame(KernelCheck check, KernelCheck as) {
    return new KernelSuite(List.of(check, as), one -> check.same(one, as));
  }

  /** For a run that will likely stop early: compiles ahead for a few cases only. */
  public KernelSuite stoppingEarly() {
    ahead = 3;
    return this;
  }

  /**
   * Runs the cases until they are done or {@link #stop} is called.
   *
   * @param after told of each verdict at once
   * @throws HipException when the device is lost and cannot be made anew
   */
  public void run(List<KernelCase> cases, Consumer<KernelVerdict> after)
      throws InterruptedException {
    for (int begin = 0; begin < cases.size(); begin += ahead) {
      List<KernelCase> part = cases.subList(begin, Math.min(begin + ahead, cases.size()));
      // The next part's too, so that the compiler does not wait for the last case of this one.
      int further = Math.min(begin + 2 * ahead, cases.size());
      for (KernelCheck check : checks) {
        check.compileAhead(begin == 0 ? part : cases.subList(begin, further));
      }
      for (KernelCase one : part) {
        if (stopped) {
          return;
        }
        after.accept(judge.judge(one));
      }
    }
  }

  /** No further case begins. */
  public void stop() {
    stopped = true;
  }
}
