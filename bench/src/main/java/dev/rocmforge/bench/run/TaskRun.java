package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Session;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.stats.WarmupRule;

/** Warms one task up and measures it. */
final class TaskRun {
  /** A warm-up that is not flat by then never will be on this machine. */
  private static final long LONGEST_WARM_UP_NANOS = 30_000_000_000L;

  private static final int MOST_WARM_UPS = 20;

  private final BenchPlan plan;
  private final BenchTask task;
  private final TaskWork work;
  private final TaskSamples samples;
  private final BenchListener listener;

  TaskRun(
      BenchPlan plan,
      BenchTask task,
      Session session,
      TaskSamples samples,
      BenchListener listener) {
    this.plan = plan;
    this.task = task;
    this.work = new TaskWork(plan, task, session);
    this.samples = samples;
    this.listener = listener;
  }

  void run() {
    if (plan.warmUp().isPresent()) {
      fixedWarmUp(plan.warmUp().getAsInt());
    } else {
      warmUpUntilFlat();
    }
    for (int i = 0; i < plan.repetitions(); i++) {
      Samples.Repetition repetition = work.repetition();
      samples.measured(repetition);
      listener.repetition(task, false, i + 1, plan.repetitions(), repetition.totalNanos());
    }
  }

  private void fixedWarmUp(int count) {
    for (int i = 0; i < count; i++) {
      Samples.Repetition repetition = work.repetition();
      samples.warmedUp(repetition);
      listener.repetition(task, true, i + 1, count, repetition.totalNanos());
    }
    samples.warmUpEnded(false, "as many as asked for: " + count);
  }

  private void warmUpUntilFlat() {
    WarmupRule rule = WarmupRule.standard();
    long start = System.nanoTime();
    WarmupRule.Decision decision;
    do {
      Samples.Repetition repetition = work.repetition();
      samples.warmedUp(repetition);
      decision = rule.add(repetition.totalNanos());
      listener.repetition(task, true, rule.repetitions(), MOST_WARM_UPS, repetition.totalNanos());
    } while (!decision.done() && System.nanoTime() - start < LONGEST_WARM_UP_NANOS);
    samples.warmUpEnded(
        decision.flat(),
        decision.done()
            ? decision.reason()
            : "stopped after %d s: %s"
                .formatted(LONGEST_WARM_UP_NANOS / 1_000_000_000L, decision.reason()));
  }
}
