package dev.rocmforge.bench.run;

import dev.rocmforge.reports.record.Measurement;

/** Told how far a benchmark is; called from the measuring thread, outside all timed sections. */
public interface BenchListener {
  /**
   * A repetition ended.
   *
   * @param warmUp whether it counts
   * @param done of this kind so far
   * @param of planned, or at most for a warm-up
   */
  void repetition(BenchTask task, boolean warmUp, int done, int of, long nanos);

  /** A workload ended. */
  void measured(BenchTask task, Measurement measurement);
}
