package dev.rocmforge.engine.model.llama;

import dev.rocmforge.engine.model.DenseFamily;
import dev.rocmforge.engine.model.Rope;
import java.util.Set;

/**
 * Llama 1 to 3 and what is stored like them (SmolLM2, Mistral): files hold query and key rows
 * permuted so that the pairs of the rotation are adjacent. Llama 3.1 and later store divisors of
 * the frequencies as a tensor.
 */
public final class Llama extends DenseFamily {
  /** The family; it has no state. */
  public Llama() {
    super(Rope.Pairing.ADJACENT, Presence.OPTIONAL, false);
  }

  @Override
  public Set<String> architectures() {
    return Set.of("llama");
  }
}
