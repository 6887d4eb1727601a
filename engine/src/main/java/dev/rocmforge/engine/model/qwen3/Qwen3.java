package dev.rocmforge.engine.model.qwen3;

import dev.rocmforge.engine.model.DenseFamily;
import dev.rocmforge.engine.model.Rope;
import java.util.Set;

/** Qwen3: no biases, a norm on every query and key head, head width free of the embedding. */
public final class Qwen3 extends DenseFamily {
  /** The family; it has no state. */
  public Qwen3() {
    super(Rope.Pairing.HALVES, Presence.OPTIONAL, true);
  }

  @Override
  public Set<String> architectures() {
    return Set.of("qwen3");
  }
}
