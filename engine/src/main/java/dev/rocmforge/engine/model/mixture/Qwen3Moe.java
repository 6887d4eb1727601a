package dev.rocmforge.engine.model.mixture;

import java.util.Set;

/**
 * Qwen3 mixtures: a norm on every query and key head, no expert that always runs, chosen
 * probabilities divided by their sum.
 */
public final class Qwen3Moe extends MixtureFamily {
  /** The family; it has no state. */
  public Qwen3Moe() {
    super(Presence.OPTIONAL, true, true, false);
  }

  @Override
  public Set<String> architectures() {
    return Set.of("qwen3moe");
  }
}
