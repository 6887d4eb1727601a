package dev.rocmforge.bench.run;

import dev.rocmforge.reports.record.Workload;

/**
 * One thing to measure.
 *
 * @param kind prefill or decode
 * @param prompt tokens that are timed in a prefill, and that a decode goes on from greedily; empty
 *     for a decode of the source's tokens
 * @param generated steps of a decode, 0 for a prefill
 * @param depth tokens in the context before it
 * @param threads of the backend
 * @param label what the prompt is, for the record; empty for the source's tokens
 */
public record BenchTask(
    Workload.Kind kind, TokenIds prompt, int generated, int depth, int threads, String label) {
  /** Tokens that the context must hold. */
  int contextLength() {
    return depth + prompt.size() + generated;
  }

  /** The short name people know. */
  public String name() {
    String base = kind == Workload.Kind.PREFILL ? "pp" + prompt.size() : "tg" + generated;
    String at = depth == 0 ? base : base + " @ d" + depth;
    return label.isEmpty() ? at : at + " (" + label + ")";
  }
}
