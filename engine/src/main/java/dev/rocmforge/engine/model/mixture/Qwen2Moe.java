package dev.rocmforge.engine.model.mixture;

import java.util.Set;

/**
 * Qwen2 and Qwen1.5 mixtures: attention biases, one expert that always runs, chosen probabilities
 * used as the softmax over all experts gave them.
 */
public final class Qwen2Moe extends MixtureFamily {
  /** The family; it has no state. */
  public Qwen2Moe() {
    super(Presence.REQUIRED, false, false, true);
  }

  @Override
  public Set<String> architectures() {
    return Set.of("qwen2moe");
  }
}
