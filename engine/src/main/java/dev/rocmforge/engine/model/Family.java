package dev.rocmforge.engine.model;

import dev.rocmforge.engine.InputException;
import java.util.Set;

/**
 * Reads the models of one kind of architecture: what the metadata means and which tensors there
 * must be. Stateless. What a family makes is data; running it is the backends' work.
 */
public interface Family {
  /** Values of {@code general.architecture} that this family reads. */
  Set<String> architectures();

  /**
   * The configuration of a file of one of {@link #architectures()}.
   *
   * @throws InputException if a value is missing, out of range or does not fit another
   */
  ModelConfig config(ModelSource source);

  /**
   * The weights that go with {@code config}.
   *
   * @throws InputException if a tensor is missing or has another shape
   */
  Weights weights(ModelSource source, ModelConfig config);
}
