package dev.rocmforge.bench.run;

import dev.rocmforge.reports.record.Measurement;
import dev.rocmforge.reports.record.Nanos;
import dev.rocmforge.reports.record.Samples;
import dev.rocmforge.reports.record.Traffic;
import dev.rocmforge.reports.record.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The raw times of one task as they come in. Safe for use from several threads. */
final class TaskSamples {
  private final BenchPlan plan;
  private final BenchTask task;
  private final ModelTraffic traffic;
  private final List<Long> warmUp = new ArrayList<>();
  private final List<Samples.Repetition> repetitions = new ArrayList<>();
  private boolean flat;
  private String judgement = "warming up";

  TaskSamples(BenchPlan plan, BenchTask task, ModelTraffic traffic) {
    this.plan = plan;
    this.task = task;
    this.traffic = traffic;
  }

  synchronized void warmedUp(Samples.Repetition repetition) {
    warmUp.add(repetition.totalNanos());
  }

  synchronized void warmUpEnded(boolean nowFlat, String reason) {
    flat = nowFlat;
    judgement = reason;
  }

  synchronized void measured(Samples.Repetition repetition) {
    repetitions.add(repetition);
  }

  /** The measurement of the task; a decode from a prompt also measured the prefill of it. */
  synchronized List<Measurement> measurements() {
    List<Measurement> made = new ArrayList<>();
    if (task.kind() == Workload.Kind.DECODE && !task.prompt().isEmpty()) {
      List<Samples.Repetition> prompts =
          repetitions.stream()
              .map(r -> Samples.Repetition.prefill(r.firstTokenNanos().orElseThrow()))
              .toList();
      made.add(
          measurement(
              Workload.Kind.PREFILL,
              0,
              new Samples(prompts, Nanos.of()),
              traffic.prefill(task.depth(), task.prompt().size(), plan.session().batchSize())));
    }
    Nanos warm = Nanos.of(warmUp.stream().mapToLong(Long::longValue).toArray());
    int first = task.depth() + task.prompt().size();
    made.add(
        measurement(
            task.kind(),
            task.generated(),
            new Samples(repetitions, warm),
            task.kind() == Workload.Kind.DECODE
                ? traffic.decode(first, task.generated())
                : traffic.prefill(task.depth(), task.prompt().size(), plan.session().batchSize())));
    return made;
  }

  private Measurement measurement(
      Workload.Kind kind, int generated, Samples samples, Traffic moved) {
    TreeMap<String, String> settings = new TreeMap<>();
    if (!task.label().isEmpty()) {
      settings.put("prompt", task.label());
    }
    Workload workload =
        new Workload(
            kind,
            task.prompt().size(),
            generated,
            task.depth(),
            plan.session().batchSize(),
            task.threads(),
            plan.session().kv().word(),
            plan.preset(),
            plan.tokens().seed(),
            TokenSource.sha256(TaskWork.tokens(plan, task)),
            plan.repetitions(),
            new Workload.WarmUp(warmUp.size(), flat, judgement),
            settings);
    return new Measurement(workload, samples, Optional.of(moved));
  }
}
