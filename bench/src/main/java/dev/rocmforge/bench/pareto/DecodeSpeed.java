package dev.rocmforge.bench.pareto;

import dev.rocmforge.engine.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Raw times of single decode steps of one point, on the CPU.
 *
 * @param bytes of the point
 * @param tokenNanos one a step, in order, after a warm-up of as many
 */
public record DecodeSpeed(long bytes, double nats, List<Long> tokenNanos) {
  public DecodeSpeed {
    tokenNanos = List.copyOf(tokenNanos);
  }

  /** Tokens that are in the context before the first step. */
  private static final int PROMPT = 8;

  /**
   * Times a point.
   *
   * @param tokens of a text
   * @param steps how many
   * @throws InputException if a window has no room for them
   */
  static DecodeSpeed of(Variants variants, ParetoPoint point, int[] tokens, int steps, int window) {
    if (PROMPT + 2 * steps > Math.min(window, tokens.length)) {
      throw new InputException(
          "--speed: at most %d steps needed in a window of %d tokens, %d given"
              .formatted((Math.min(window, tokens.length) - PROMPT) / 2, window, steps));
    }
    long[] nanos = new long[steps];
    variants.with(
        point.choice(),
        session -> {
          session.prefill(Arrays.copyOf(tokens, PROMPT));
          for (int i = 0; i < 2 * steps; i++) {
            long start = System.nanoTime();
            session.step(tokens[PROMPT + i]);
            long end = System.nanoTime();
            if (i >= steps) {
              nanos[i - steps] = end - start;
            }
          }
          return 0;
        });
    return new DecodeSpeed(point.bytes(), point.nats(), LongStream.of(nanos).boxed().toList());
  }

  /** Median of the steps. */
  public double tokensPerSecond() {
    List<Long> sorted = tokenNanos.stream().sorted().toList();
    return 1e9 / sorted.get(sorted.size() / 2);
  }
}
