package dev.rocmforge.bench.run;

import dev.rocmforge.reports.record.Samples;
import java.util.List;
import java.util.Optional;

/** Another engine that runs the same tasks on the same model. */
public interface Peer {
  /** As tables and records call it, such as {@code llama.cpp}. */
  String name();

  /**
   * Makes it ready for one task.
   *
   * @param tokens all that the task runs: those of its depth, then those that are timed
   */
  Run open(BenchTask task, TokenIds tokens);

  /**
   * Logits that it computes.
   *
   * @param tokens run in this order whatever the logits say
   * @param prompt so many of them at once, the others one by one
   * @param threads of the CPU
   * @return a row after the prompt and one after each further token; empty where the peer shows
   *     none
   */
  Optional<List<float[]>> logits(TokenIds tokens, int prompt, int threads);

  /** One task, open; whoever opened it closes it. */
  interface Run extends AutoCloseable {
    /** What exactly runs: name and version, as the peer states them. */
    String engine();

    /** Runs the task once, timed by the peer itself. */
    Samples.Repetition repetition();

    @Override
    void close();
  }
}
