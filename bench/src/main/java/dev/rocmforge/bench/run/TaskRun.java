package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.gpu.GreedySession;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.stats.WarmupRule;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** Warms one task up and measures it. */
final class TaskRun {
  /** A warm-up that is not flat by then never will be on this machine. */
  private static final long LONGEST_WARM_UP_NANOS = 30_000_000_000L;

  private static final int MOST_WARM_UPS = 20;

  private final BenchPlan plan;
  private final BenchTask task;
  private final Session session;
  private final TaskSamples samples;
  private final BenchListener listener;
  private final int[] before;
  private final int[] fed;

  TaskRun(
      BenchPlan plan,
      BenchTask task,
      Session session,
      TaskSamples samples,
      BenchListener listener) {
    this.plan = plan;
    this.task = task;
    this.session = session;
    this.samples = samples;
    this.listener = listener;
    TokenIds all = tokens(plan, task);
    before = all.range(0, task.depth()).toArray();
    fed = all.range(task.depth(), all.size()).toArray();
  }

  /** Every token that the task hands to the engine: depth, prompt, and a decode's own tokens. */
  static TokenIds tokens(BenchPlan plan, BenchTask task) {
    if (task.prompt().isEmpty()) {
      return plan.tokens().first(task.depth() + task.generated());
    }
    return plan.tokens().first(task.depth()).plus(task.prompt());
  }

  void run() {
    if (plan.warmUp().isPresent()) {
      fixedWarmUp(plan.warmUp().getAsInt());
    } else {
      warmUpUntilFlat();
    }
    for (int i = 0; i < plan.repetitions(); i++) {
      Samples.Repetition repetition = repetition();
      samples.measured(repetition);
      listener.repetition(task, false, i + 1, plan.repetitions(), repetition.totalNanos());
    }
  }

  private void fixedWarmUp(int count) {
    for (int i = 0; i < count; i++) {
      Samples.Repetition repetition = repetition();
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
      Samples.Repetition repetition = repetition();
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

  private Samples.Repetition repetition() {
    goTo(task.depth());
    return switch (task.kind()) {
      case PREFILL -> prefill();
      case DECODE -> task.prompt().isEmpty() ? decode() : decodeFromPrompt();
      case OPERATION -> throw new AssertionError("a model's task is no single operation");
    };
  }

  /** Brings the context to the depth; recurrent state can only be made again from the start. */
  private void goTo(int depth) {
    if (session.position() > depth) {
      session.rewind(session.keyValues().isPresent() ? depth : 0);
    }
    if (session.position() < depth) {
      session.prefill(Arrays.copyOfRange(before, session.position(), depth));
    }
  }

  private Samples.Repetition prefill() {
    long start = System.nanoTime();
    session.prefill(fed);
    return Samples.Repetition.prefill(System.nanoTime() - start);
  }

  private Samples.Repetition decode() {
    if (session instanceof GreedySession device) {
      return Samples.Repetition.decode(
          OptionalLong.empty(), Nanos.of(pickedOnDevice(device, fed[0], task.generated())));
    }
    long[] nanos = new long[task.generated()];
    long last = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      session.step(fed[i]);
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    return Samples.Repetition.decode(OptionalLong.empty(), Nanos.of(nanos));
  }

  /** Greedy, without regard to tokens that end a generation: always the same work. */
  private Samples.Repetition decodeFromPrompt() {
    long[] nanos = new long[task.generated()];
    long start = System.nanoTime();
    if (session instanceof GreedySession device) {
      device.prefillGreedy(fed);
      long firstToken = System.nanoTime() - start;
      var clock = new TokenClock(nanos);
      device.nextGreedy(nanos.length, clock);
      return Samples.Repetition.decode(OptionalLong.of(firstToken), Nanos.of(nanos));
    }
    int next = Greedy.of(session.prefill(fed));
    long last = System.nanoTime();
    long firstToken = last - start;
    for (int i = 0; i < nanos.length; i++) {
      next = Greedy.of(session.step(next));
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    return Samples.Repetition.decode(OptionalLong.of(firstToken), Nanos.of(nanos));
  }

  /** A device that picks by itself runs the token it picked, whatever the task's tokens are. */
  private static long[] pickedOnDevice(GreedySession device, int first, int count) {
    long[] nanos = new long[count];
    var clock = new TokenClock(nanos);
    clock.accept(device.prefillGreedy(new int[] {first}));
    device.nextGreedy(count - 1, clock);
    return nanos;
  }

  /** Nanoseconds from one token to the next, the first from when the clock was made. */
  private static final class TokenClock implements IntConsumer {
    private final long[] nanos;
    private int count;
    private long last = System.nanoTime();

    TokenClock(long[] nanos) {
      this.nanos = nanos;
    }

    @Override
    public void accept(int token) {
      long now = System.nanoTime();
      nanos[count++] = now - last;
      last = now;
    }
  }
}
