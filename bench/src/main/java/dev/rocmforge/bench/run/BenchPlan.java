package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.SessionOptions;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * What to measure and how.
 *
 * @param tasks in order
 * @param backends opens the backend with a number of threads
 * @param session cache type and batch size
 * @param repetitions counted, of each task
 * @param warmUp repetitions before them; empty until their times are flat
 * @param tokens what synthetic workloads run
 * @param preset name of the set of workloads, for the record
 */
public record BenchPlan(
    List<BenchTask> tasks,
    IntFunction<Backend> backends,
    SessionOptions session,
    int repetitions,
    OptionalInt warmUp,
    TokenSource tokens,
    String preset) {
  public BenchPlan {
    tasks = List.copyOf(tasks);
  }

  /** The same with so many counted repetitions. */
  public BenchPlan withRepetitions(int count) {
    return new BenchPlan(tasks, backends, session, count, warmUp, tokens, preset);
  }

  /** The options of the session that needs the most memory. */
  public SessionOptions longestSession() {
    return session.withContextLength(
        tasks.stream().mapToInt(BenchTask::contextLength).max().orElseThrow());
  }

  /**
   * Refuses before any work what cannot be run.
   *
   * @throws InputException if a workload needs more context than the model has
   */
  public void check(Model model) {
    int most = model.config().contextLength();
    for (BenchTask task : tasks) {
      if (task.contextLength() > most) {
        throw new InputException(
            "%s: context of %d tokens needed, %s was made for %d"
                .formatted(task.name(), task.contextLength(), model.config().name(), most));
      }
      tokens.first(task.depth() + (task.prompt().isEmpty() ? task.generated() : 0));
    }
  }
}
