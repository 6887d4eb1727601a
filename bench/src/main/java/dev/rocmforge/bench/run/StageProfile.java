package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.gpu.DecodeProfile;
import dev.rocmforge.engine.gpu.GpuSession;
import java.util.Optional;

/**
 * Where the decode steps of a workload spend their time on the device. A pass of its own, because
 * timing every stage takes the decode graph away and slows the steps down.
 */
public final class StageProfile {
  /** Steps that are looked at; the first of a session are slower and not counted. */
  private static final int STEPS = 32;

  private static final int WARM_UP = 4;

  private StageProfile() {}

  /**
   * Profiles one workload.
   *
   * @param profiling opened to profile
   * @return empty where the model runs on the CPU
   */
  public static Optional<DecodeProfile> of(
      BenchPlan plan, BenchTask task, Model model, Backend profiling) {
    TokenIds all = TaskWork.tokens(plan, task);
    int steps = Math.min(STEPS, task.generated());
    int before = Math.max(task.depth() + task.prompt().size(), 1);
    int length = before + WARM_UP + steps;
    try (Session session = profiling.open(model, plan.session().withContextLength(length))) {
      if (!(session instanceof GpuSession own)) {
        return Optional.empty();
      }
      float[] logits = session.prefill(all.range(0, before).toArray());
      for (int i = 0; i < WARM_UP; i++) {
        logits = session.step(Greedy.of(logits));
      }
      DecodeProfile warm = own.decodeProfile();
      for (int i = 0; i < steps; i++) {
        logits = session.step(Greedy.of(logits));
      }
      return Optional.of(own.decodeProfile().minus(warm));
    }
  }
}
