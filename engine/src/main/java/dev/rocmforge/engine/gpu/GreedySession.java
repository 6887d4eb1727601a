package dev.rocmforge.engine.gpu;

import dev.rocmforge.engine.Session;
import java.util.function.IntConsumer;

/**
 * A session that can pick the most likely token where the logits are, so that neither logits nor
 * tokens have to travel. Of equal logits the lowest id wins.
 */
public interface GreedySession extends Session {
  /**
   * Runs {@code tokens} and picks the token that follows.
   *
   * @throws dev.rocmforge.engine.InputException as {@link #prefill}
   * @throws dev.rocmforge.engine.EnvironmentException if a logit is not a number
   */
  int prefillGreedy(int[] tokens);

  /** Runs the token picked last and picks the one that follows. */
  int nextGreedy();

  /**
   * As {@code target.length} calls of {@link #nextGreedy}, waiting for the device only at the end.
   *
   * @param target receives the picked tokens in order
   */
  void nextGreedy(int[] target);

  /**
   * As {@code count} calls of {@link #nextGreedy()}, each token handed over as soon as it is there,
   * while the device already runs it: what the host does with one takes no time from the next.
   */
  void nextGreedy(int count, IntConsumer sink);
}
