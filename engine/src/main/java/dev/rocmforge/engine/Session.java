package dev.rocmforge.engine;

import dev.rocmforge.engine.session.KvReader;
import java.util.Optional;

/**
 * One running conversation with a model: KV cache (or recurrent state), scratch memory and
 * position. Mutable, owned by one thread at a time. Allocates nothing per token after construction,
 * except the cache's blocks of positions when the context first grows into them.
 */
public interface Session extends AutoCloseable {
  /**
   * Receives the logits of one position; the array is the session's own and valid only during the
   * call.
   */
  @FunctionalInterface
  interface LogitsSink {
    /**
     * @param position absolute position of the row in the context
     * @param logits vocabulary-sized row of unnormalised log-probabilities
     */
    void row(int position, float[] logits);
  }

  /** Number of tokens in the context so far; the next token gets this position. */
  int position();

  /** Most tokens this session can hold. */
  int capacity();

  /**
   * Runs {@code tokens} at positions {@code position()..}, in batches of the session's batch size,
   * and returns the logits of the last one.
   *
   * @return vocabulary-sized row owned by the session, valid until the next call
   * @throws InputException if the context would overflow or a token id is not in the vocabulary;
   *     nothing has been run then
   */
  float[] prefill(int[] tokens);

  /** As {@link #prefill}, but hands over the logits of every position in order. */
  void forward(int[] tokens, LogitsSink sink);

  /** Runs one token and returns the logits that follow it; same ownership as {@link #prefill}. */
  float[] step(int token);

  /**
   * Runs {@code tokens} as that many {@link #step} calls would, to the last bit: no sum depends on
   * how many tokens run together, but weights are read once for several of them. For the few tokens
   * that a draft proposes.
   *
   * @throws InputException as {@link #prefill}
   */
  void steps(int[] tokens, LogitsSink sink);

  /**
   * Drops everything from {@code position} on, so that the next token gets that position.
   *
   * @throws InputException if {@code position} is beyond the current one, or the model's state
   *     cannot be cut there (recurrent models can only return to 0)
   */
  void rewind(int position);

  /** The cached keys and values, to be read; empty for models that keep none. */
  Optional<KvReader> keyValues();

  @Override
  void close();
}
