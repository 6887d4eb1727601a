package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.gpu.guard.GuardedBackend;
import dev.rocmforge.reports.record.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Measures a plan, task after task, and keeps what it has. One thread measures; any other may ask
 * for the measurements at any time, so that an interrupted run loses only the repetition under way.
 */
public final class BenchRun {
  private final BenchPlan plan;
  private final Model model;
  private final BenchListener listener;
  private final List<Measurement> finished = new ArrayList<>();
  private final SortedMap<String, String> dispatch = new TreeMap<>();
  private TaskSamples current;

  public BenchRun(BenchPlan plan, Model model, BenchListener listener) {
    this.plan = plan;
    this.model = model;
    this.listener = listener;
  }

  /** Runs everything. */
  public void run() {
    for (BenchTask task : plan.tasks()) {
      TaskSamples samples = new TaskSamples(plan, task, new ModelTraffic(model, kv()));
      synchronized (this) {
        current = samples;
      }
      try (Backend backend = plan.backends().apply(task.threads());
          Session session =
              backend.open(model, plan.session().withContextLength(task.contextLength()))) {
        new TaskRun(plan, task, session, samples, listener).run();
        if (backend instanceof GuardedBackend guarded) {
          chosen(guarded.facts(session));
        }
      }
      List<Measurement> made = samples.measurements();
      synchronized (this) {
        finished.addAll(made);
        current = null;
      }
      made.forEach(measurement -> listener.measured(task, measurement));
    }
  }

  private synchronized void chosen(SortedMap<String, String> facts) {
    dispatch.putAll(facts);
  }

  /** What a GPU's rules chose in the tasks that are done, and why. */
  public synchronized SortedMap<String, String> dispatch() {
    return new TreeMap<>(dispatch);
  }

  private KvStorage kv() {
    return plan.session().kv();
  }

  /** What has been measured so far, the task under way included. */
  public synchronized List<Measurement> measurements() {
    List<Measurement> all = new ArrayList<>(finished);
    Optional.ofNullable(current).ifPresent(samples -> all.addAll(samples.measurements()));
    return all;
  }
}
