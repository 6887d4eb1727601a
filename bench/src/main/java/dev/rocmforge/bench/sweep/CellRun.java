package dev.rocmforge.bench.sweep;

import dev.rocmforge.engine.Session;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** The timed work of one cell in its session; two of them take turns. */
final class CellRun {
  private final SweepPlan plan;
  private final Session session;
  private final int[] tokens;
  private final int depth;
  private final List<Samples.Repetition> prefills = new ArrayList<>();
  private final List<Samples.Repetition> decodes = new ArrayList<>();
  private final List<Long> warmUps = new ArrayList<>();

  /**
   * @param tokens depth, then at least as many as prompt or generation
   */
  CellRun(SweepPlan plan, Session session, int[] tokens, int depth) {
    this.plan = plan;
    this.session = session;
    this.tokens = tokens;
    this.depth = depth;
  }

  void warmUp() {
    long start = System.nanoTime();
    prefill();
    decode();
    warmUps.add(System.nanoTime() - start);
  }

  void repetition() {
    prefills.add(prefill());
    decodes.add(decode());
  }

  private Samples.Repetition prefill() {
    goTo();
    int[] prompt = Arrays.copyOfRange(tokens, depth, depth + plan.prompt());
    long start = System.nanoTime();
    session.prefill(prompt);
    return Samples.Repetition.prefill(System.nanoTime() - start);
  }

  private Samples.Repetition decode() {
    goTo();
    long[] nanos = new long[plan.generated()];
    long last = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      session.step(tokens[depth + i]);
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    return Samples.Repetition.decode(OptionalLong.empty(), Nanos.of(nanos));
  }

  /** Brings the context to the depth; recurrent state is made again from the start. */
  private void goTo() {
    if (session.position() > depth) {
      session.rewind(session.keyValues().isPresent() ? depth : 0);
    }
    if (session.position() < depth) {
      session.prefill(Arrays.copyOfRange(tokens, session.position(), depth));
    }
  }

  /** Logits at the depth: after a few prompt tokens, and after each of some steps. */
  float[][] logits() {
    int count = SweepPlan.CHECKED_TOKENS;
    int steps = SweepPlan.CHECKED_STEPS;
    goTo();
    float[][] rows = new float[steps + 1][];
    rows[0] = session.prefill(Arrays.copyOfRange(tokens, depth, depth + count)).clone();
    for (int i = 0; i < steps; i++) {
      rows[i + 1] = session.step(tokens[depth + count + i]).clone();
    }
    return rows;
  }

  Samples prefills() {
    return new Samples(prefills, Nanos.of());
  }

  Samples decodes() {
    long[] nanos = warmUps.stream().mapToLong(Long::longValue).toArray();
    return new Samples(decodes, Nanos.of(nanos));
  }
}
