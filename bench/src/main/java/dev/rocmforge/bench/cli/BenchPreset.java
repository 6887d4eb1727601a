package dev.rocmforge.bench.cli;

import java.util.Locale;

/** Named sets of workloads. */
enum BenchPreset {
  /** Prefill and decode of seeded tokens, by lengths and depths. */
  STANDARD,
  /**
   * The documented harness: the prompt {@code Hello} without a template, then greedy tokens that
   * stop at nothing; so many runs after so many warm-ups.
   */
  DOCUMENTED,
  /** The project's own prompts, each followed by greedy tokens. */
  PROMPTS;

  /** The word on the command line and in records. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
