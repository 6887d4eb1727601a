package dev.rocmforge.engine;

/**
 * A model: configuration, weights where they lie in the mapped file, tokenizer. Immutable, shared.
 */
public abstract class Model implements AutoCloseable {
  @Override
  public abstract void close();
}
