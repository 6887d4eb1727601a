package dev.rocmforge.bench.cli;

import dev.rocmforge.engine.sampling.SamplerOptions;
import picocli.CommandLine.Option;

/** How the next token is chosen. */
final class SamplingOptions {
  private static final int REPETITION_WINDOW = 64;

  @Option(
      names = {"--temperature", "--temp"},
      paramLabel = "F",
      defaultValue = "1.0",
      description = "Sampling temperature; 0 is greedy (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "F",
      defaultValue = "0.9",
      description = "Nucleus threshold; 1 keeps all (default: ${DEFAULT-VALUE}).")
  private double topP;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "0",
      description = "Keep the N likeliest; 0 keeps all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--min-p",
      paramLabel = "F",
      defaultValue = "0",
      description =
          "Keep what is at least F times as likely as the likeliest (default: ${DEFAULT-VALUE}).")
  private double minP;

  @Option(
      names = "--repeat-penalty",
      paramLabel = "F",
      defaultValue = "1",
      description = "Penalty on the last 64 tokens; 1 is none (default: ${DEFAULT-VALUE}).")
  private double repeatPenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Same seed, same text (default: ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * @throws dev.rocmforge.engine.InputException if a value is out of range
   */
  SamplerOptions toSampler() {
    return new SamplerOptions(
        repeatPenalty, REPETITION_WINDOW, temperature, topK, topP, minP, seed);
  }
}
