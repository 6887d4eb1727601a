package dev.rocmforge.bench.run;

import dev.rocmforge.engine.Session;
import dev.rocmforge.engine.sampling.Sampler;
import dev.rocmforge.engine.speculative.SpeculativeDecoder;
import dev.rocmforge.engine.tokenizer.Tokenizer;

/**
 * The tokens that follow a prompt.
 *
 * @param tokens generated; a token that ends the generation is not counted
 * @param nanos from before the first was chosen to after the pass of the last
 * @param stop why it ended
 */
public record Generation(int tokens, long nanos, Stop stop) {
  /** Why a generation ended. */
  public enum Stop {
    /** The model said so. */
    END_OF_GENERATION,
    /** As many as asked for. */
    MOST_TOKENS,
    /** The context is full. */
    CONTEXT
  }

  /** Told of every token as soon as it is chosen. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param index counted from 0
     * @param logits that it was chosen from; valid during the call
     */
    void token(int index, int id, float[] logits);
  }

  /**
   * Generates.
   *
   * <p>Every token is run, the last one too, although nobody reads what follows it: n tokens are
   * then n passes, and the rate means the same for short and long generations.
   *
   * @param session after the prefill
   * @param logits that the prefill returned
   * @param sampler has already been told the prompt
   */
  public static Generation run(
      Session session,
      float[] logits,
      Sampler sampler,
      Tokenizer tokenizer,
      int mostTokens,
      Listener listener) {
    long start = System.nanoTime();
    float[] next = logits;
    int count = 0;
    Stop stop = Stop.MOST_TOKENS;
    while (count < mostTokens) {
      int id = sampler.sample(next);
      if (tokenizer.endsGeneration(id)) {
        stop = Stop.END_OF_GENERATION;
        break;
      }
      sampler.accept(id);
      listener.token(count, id, next);
      count++;
      if (session.position() == session.capacity()) {
        stop = count < mostTokens ? Stop.CONTEXT : Stop.MOST_TOKENS;
        break;
      }
      next = session.step(id);
    }
    return new Generation(count, System.nanoTime() - start, stop);
  }

  /**
   * As {@link #run}, with drafts.
   *
   * @param prompt what the session holds
   */
  public static Generation speculative(
      SpeculativeDecoder decoder,
      int[] prompt,
      float[] logits,
      Tokenizer tokenizer,
      int mostTokens,
      Listener listener) {
    long start = System.nanoTime();
    int[] count = {0};
    boolean[] ended = {false};
    decoder.generate(
        prompt,
        logits,
        mostTokens,
        (id, row) -> {
          ended[0] = tokenizer.endsGeneration(id);
          if (!ended[0]) {
            listener.token(count[0]++, id, row);
          }
          return !ended[0];
        });
    Stop stop =
        ended[0] ? Stop.END_OF_GENERATION : count[0] < mostTokens ? Stop.CONTEXT : Stop.MOST_TOKENS;
    return new Generation(count[0], System.nanoTime() - start, stop);
  }

  /** Tokens a second, 0 where there are none. */
  public double tokensPerSecond() {
    return nanos == 0 ? 0 : tokens * 1e9 / nanos;
  }
}
