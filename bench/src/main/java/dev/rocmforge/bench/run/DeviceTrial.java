package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Backend;
import dev.rocmforge.engine.Model;
import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.SessionOptions;
import dev.rocmforge.engine.gpu.DecodeProfile;
import dev.rocmforge.engine.gpu.GpuBackend;
import dev.rocmforge.engine.gpu.GpuSession;
import dev.rocmforge.engine.gpu.GraphHealth;

/**
 * A first look at a model on a device: time to open, to prefill and to decode, by three ways of
 * decoding, and the stages of one step. Raw times of single runs, for work on kernels; records come
 * from the benchmarks.
 */
public final class DeviceTrial {
  /** Tokens of the timed prompt and of each timed generation. */
  private static final int PROMPT = 512;

  private static final int GENERATED = 128;

  /**
   * What was seen.
   *
   * @param openSeconds weights and buffers on the device, kernels compiled
   * @param prefillSeconds {@value #PROMPT} tokens, second run
   * @param greedySeconds {@value #GENERATED} tokens picked on the device
   * @param stepSeconds as many, logits downloaded after each
   */
  public record Result(
      double openSeconds,
      double prefillSeconds,
      double greedySeconds,
      double stepSeconds,
      DecodeProfile profile,
      GraphHealth health) {
    public double prefillTokensPerSecond() {
      return PROMPT / prefillSeconds;
    }

    public double greedyTokensPerSecond() {
      return GENERATED / greedySeconds;
    }

    public double stepTokensPerSecond() {
      return GENERATED / stepSeconds;
    }
  }

  private DeviceTrial() {}

  /** Runs everything once for warmth and once for the clock. */
  public static Result of(GpuBackend backend, Model model, SessionOptions options) {
    int context = Math.min(model.config().contextLength(), PROMPT + 4 * GENERATED);
    int[] prompt = prompt(model, Math.min(PROMPT, context / 2));
    long start = System.nanoTime();
    try (GpuSession session = backend.open(model, options.withContextLength(context))) {
      final double open = seconds(start);
      session.prefill(prompt);
      session.rewind(0);
      start = System.nanoTime();
      session.prefillGreedy(prompt);
      final double prefill = seconds(start) * PROMPT / prompt.length;
      int[] generated = new int[GENERATED];
      session.nextGreedy(generated);
      session.rewind(prompt.length);
      session.step(prompt[0]);
      session.rewind(0);
      session.prefillGreedy(prompt);
      start = System.nanoTime();
      session.nextGreedy(generated);
      final double greedy = seconds(start);
      session.rewind(prompt.length);
      start = System.nanoTime();
      for (int i = 0; i < GENERATED; i++) {
        session.step(generated[i]);
      }
      final double steps = seconds(start);
      session.profile(prompt[0]);
      DecodeProfile profile = session.profile(prompt[0]);
      return new Result(open, prefill, greedy, steps, profile, session.graphHealth());
    }
  }

  /** Relative L2 distance of the logits after a prompt and some steps from another backend's. */
  public static double[] distance(
      Backend backend, Backend reference, Model model, SessionOptions options, int tokens) {
    int[] prompt = prompt(model, tokens);
    SessionOptions sized = options.withContextLength(tokens + 8);
    try (Session found = backend.open(model, sized);
        Session expected = reference.open(model, sized)) {
      double prefill = distance(found.prefill(prompt), expected.prefill(prompt));
      double step = 0;
      for (int i = 0; i < 4; i++) {
        step =
            Math.max(
                step, distance(found.step(prompt[i % tokens]), expected.step(prompt[i % tokens])));
      }
      return new double[] {prefill, step};
    }
  }

  private static int[] prompt(Model model, int length) {
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = (i * 37 + 11) % model.config().vocabularySize();
    }
    return tokens;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double distance(float[] found, float[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      double d = (double) found[i] - expected[i];
      difference += d * d;
      norm += (double) expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }
}
