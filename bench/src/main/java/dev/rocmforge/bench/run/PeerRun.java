package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Workload;
import dev.rocmforge.reports.stats.WarmupRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures the tasks of a plan on this engine and on peers in turns, ours first and last. Only one
 * engine works at a time; the others hold their memory and wait.
 */
public final class PeerRun {
  private static final long LONGEST_WARM_UP_NANOS = 60_000_000_000L;
  private static final int MOST_WARM_UPS = 10;

  /** Threads that spin for more work give up within it. */
  private static final long PAUSE_MILLIS = 30;

  /** Setting of a workload that another engine ran. */
  public static final String ENGINE = "engine";

  private final BenchPlan plan;
  private final Model model;
  private final List<Peer> peers;
  private final BenchListener listener;

  /**
   * One task on all engines.
   *
   * @param peers in the order given, with one repetition less than ours
   */
  public record Result(BenchTask task, Measurement ours, List<Measurement> peers) {
    public Result {
      peers = List.copyOf(peers);
    }

    /** Our speed over that of a peer. */
    public PeerRatio ratio(int peer) {
      return PeerRatio.of(ours.samples().totalNanos(), peers.get(peer).samples().totalNanos());
    }
  }

  /**
   * @param plan whose repetitions are the peers' counted runs
   * @param peers at least one
   */
  public PeerRun(BenchPlan plan, Model model, List<Peer> peers, BenchListener listener) {
    this.plan = plan;
    this.model = model;
    this.peers = List.copyOf(peers);
    this.listener = listener;
  }

  /** Measures one task. */
  public Result run(BenchTask task) {
    List<Peer.Run> open = new ArrayList<>();
    try (Backend backend = plan.backends().apply(task.threads());
        Session session =
            backend.open(model, plan.session().withContextLength(task.contextLength()))) {
      TokenIds tokens = TaskWork.tokens(plan, task);
      peers.forEach(peer -> open.add(peer.open(task, tokens)));
      return measure(task, new TaskWork(plan, task, session), open);
    } finally {
      open.forEach(Peer.Run::close);
    }
  }

  private Result measure(BenchTask task, TaskWork work, List<Peer.Run> open) {
    BenchPlan own = plan.withRepetitions(plan.repetitions() + 1);
    TaskSamples samples = new TaskSamples(own, task, new ModelTraffic(model, plan.session().kv()));
    List<List<Long>> warm = new ArrayList<>();
    List<List<Samples.Repetition>> counted = new ArrayList<>();
    open.forEach(
        _ -> {
          warm.add(new ArrayList<>());
          counted.add(new ArrayList<>());
        });
    warmUp(task, work, samples, open, warm);
    for (int turn = 0; turn < plan.repetitions(); turn++) {
      Samples.Repetition ours = own(work);
      samples.measured(ours);
      listener.repetition(task, false, turn + 1, own.repetitions(), ours.totalNanos());
      for (int i = 0; i < open.size(); i++) {
        counted.get(i).add(peer(open.get(i)));
      }
    }
    Samples.Repetition last = own(work);
    samples.measured(last);
    listener.repetition(task, false, own.repetitions(), own.repetitions(), last.totalNanos());
    Measurement ours = samples.measurements().getFirst();
    List<Measurement> theirs = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      Nanos before = Nanos.of(warm.get(i).stream().mapToLong(Long::longValue).toArray());
      theirs.add(
          new Measurement(
              workload(ours.workload(), open.get(i).engine(), before.size()),
              new Samples(counted.get(i), before),
              Optional.empty()));
    }
    return new Result(task, ours, theirs);
  }

  /** Turns that do not count, until ours are flat. */
  private void warmUp(
      BenchTask task,
      TaskWork work,
      TaskSamples samples,
      List<Peer.Run> open,
      List<List<Long>> warm) {
    WarmupRule rule = WarmupRule.standard();
    long start = System.nanoTime();
    boolean flat = false;
    String reason = "as many as asked for";
    int most = plan.warmUp().orElse(MOST_WARM_UPS);
    for (int turn = 0; turn < most; turn++) {
      Samples.Repetition ours = own(work);
      samples.warmedUp(ours);
      listener.repetition(task, true, turn + 1, most, ours.totalNanos());
      for (int i = 0; i < open.size(); i++) {
        warm.get(i).add(peer(open.get(i)).totalNanos());
      }
      if (plan.warmUp().isEmpty()) {
        WarmupRule.Decision decision = rule.add(ours.totalNanos());
        flat = decision.flat();
        reason = decision.reason();
        if (decision.done() || System.nanoTime() - start > LONGEST_WARM_UP_NANOS) {
          break;
        }
      }
    }
    samples.warmUpEnded(flat, "turns of all engines: " + reason);
  }

  private static Samples.Repetition own(TaskWork work) {
    pause();
    return work.repetition();
  }

  private static Samples.Repetition peer(Peer.Run run) {
    pause();
    return run.repetition();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while engines took turns", e);
    }
  }

  private Workload workload(Workload ours, String engine, int warm) {
    TreeMap<String, String> settings = new TreeMap<>(ours.settings());
    settings.put(ENGINE, engine);
    return new Workload(
        ours.kind(),
        ours.promptTokens(),
        ours.generatedTokens(),
        ours.depth(),
        ours.batch(),
        ours.threads(),
        ours.kvType(),
        ours.preset(),
        ours.seed(),
        ours.promptSha256(),
        plan.repetitions(),
        new Workload.WarmUp(warm, false, "as many turns as this engine needed"),
        settings);
  }
}
