package dev.rocmforge.engine.cpu.vector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of daemon threads that share the tasks of one piece of work at a time with the thread
 * that brings it. No locks and no allocation: tasks are taken by compare-and-set from one word that
 * holds the generation of the work and the number of tasks left, so that a thread that comes late
 * can never take a task for the work of another generation. Idle threads spin briefly, then park.
 *
 * <p>Work brought by a second thread while the pool is busy runs on that thread alone.
 */
final class WorkerPool implements AutoCloseable {
  /** Tasks numbered from 0. */
  @FunctionalInterface
  interface Work {
    /**
     * @param task number of the task
     * @param worker number of the thread that runs it, 0 for the one that brought the work; no two
     *     tasks with the same number run at the same time
     */
    void run(int task, int worker);
  }

  private static final int SPINS = 4000;
  private static final VarHandle SLOT;
  private static final VarHandle UNFINISHED;
  private static final VarHandle CLAIMED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SLOT = lookup.findVarHandle(WorkerPool.class, "slot", long.class);
      UNFINISHED = lookup.findVarHandle(WorkerPool.class, "unfinished", int.class);
      CLAIMED = lookup.findVarHandle(WorkerPool.class, "claimed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A thread and whether it may be parked. */
  private static final class Worker {
    private Thread thread;
    private volatile boolean parked;
  }

  private final Worker[] workers;
  private Work work;
  private int tasks;
  private volatile Throwable failure;
  private volatile boolean closed;

  @SuppressWarnings("UnusedVariable") // through SLOT: generation << 32 | tasks left
  private volatile long slot;

  @SuppressWarnings("UnusedVariable") // through UNFINISHED
  private volatile int unfinished;

  @SuppressWarnings("UnusedVariable") // through CLAIMED
  private volatile boolean claimed;

  /**
   * @param threads threads that work, the bringing one included; at least 1
   */
  WorkerPool(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      Worker worker = new Worker();
      int number = i + 1;
      worker.thread =
          Thread.ofPlatform()
              .daemon()
              .name("rocmforge-" + number)
              .unstarted(() -> serve(worker, number));
      workers[i] = worker;
    }
    for (Worker worker : workers) {
      worker.thread.start();
    }
  }

  /** Threads that work, the bringing one included. */
  int threads() {
    return workers.length + 1;
  }

  /** Runs all tasks and returns when they are done. */
  void run(Work brought, int count) {
    if (count < 2 || workers.length == 0 || !CLAIMED.compareAndSet(this, false, true)) {
      for (int task = 0; task < count; task++) {
        brought.run(task, 0);
      }
      return;
    }
    try {
      work = brought;
      tasks = count;
      unfinished = count;
      long generation = (slot >>> 32) + 1;
      slot = generation << 32 | count;
      for (Worker worker : workers) {
        if (worker.parked) {
          LockSupport.unpark(worker.thread);
        }
      }
      take(0);
      awaitOthers();
      rethrow();
    } finally {
      claimed = false;
    }
  }

  /** The tasks still running end within microseconds, unless the machine is crowded. */
  @SuppressWarnings("ThreadPriorityCheck") // the others may need this very processor to finish
  private void awaitOthers() {
    int spins = 0;
    while (unfinished != 0) {
      if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private void rethrow() {
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      switch (thrown) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(thrown);
      }
    }
  }

  /** Takes and runs tasks until none is left. */
  private void take(int number) {
    while (true) {
      long seen = slot;
      int left = (int) seen;
      if (left == 0) {
        return;
      }
      if (SLOT.compareAndSet(this, seen, seen - 1)) {
        // The task is ours and unfinished, so work and tasks cannot change under us.
        try {
          work.run(tasks - left, number);
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          UNFINISHED.getAndAdd(this, -1);
        }
      }
    }
  }

  private void serve(Worker self, int number) {
    int spins = 0;
    while (!closed) {
      if ((int) slot != 0) {
        take(number);
        spins = 0;
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        self.parked = true;
        if ((int) slot == 0 && !closed) {
          LockSupport.park(this);
        }
        self.parked = false;
        spins = 0;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker.thread);
    }
  }
}
