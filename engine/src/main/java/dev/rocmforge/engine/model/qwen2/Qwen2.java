package dev.rocmforge.engine.model.qwen2;

import dev.rocmforge.engine.model.DenseFamily;
import dev.rocmforge.engine.model.Rope;
import java.util.Set;

/** Qwen2 and Qwen2.5: query, key and value have biases; pairs are half a head apart. */
public final class Qwen2 extends DenseFamily {
  /** The family; it has no state. */
  public Qwen2() {
    super(Rope.Pairing.HALVES, Presence.REQUIRED, false);
  }

  @Override
  public Set<String> architectures() {
    return Set.of("qwen2");
  }
}
