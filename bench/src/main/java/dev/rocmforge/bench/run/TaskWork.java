package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.gpu.GreedySession;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** One task on one session, to be run and timed any number of times by one thread. */
final class TaskWork {
  private final BenchTask task;
  private final Session session;
  private final int[] before;
  private final int[] fed;

  TaskWork(BenchPlan plan, BenchTask task, Session session) {
    this.task = task;
    this.session = session;
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

  /** Runs it once from its depth on. */
  Samples.Repetition repetition() {
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
