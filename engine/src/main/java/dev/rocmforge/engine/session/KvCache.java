package dev.rocmforge.engine.session;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.KvType;

/**
 * Keys and values of every layer by position. Positions lie in blocks of {@value #BLOCK}; a block
 * is {@code [BLOCK][width]} with all heads of a position side by side. Memory is taken block by
 * block when the context grows into it, so that a long context costs nothing until it is used. One
 * thread writes; others may read between writes.
 */
public abstract sealed class KvCache implements KvReader permits FloatCache, HalfCache {
  /** Positions in a block. */
  public static final int BLOCK = 256;

  private final int layers;
  private final int keyWidth;
  private final int valueWidth;
  private final int capacity;
  private int positions;
  private int blocks;

  KvCache(int layers, int keyWidth, int valueWidth, int capacity) {
    this.layers = layers;
    this.keyWidth = keyWidth;
    this.valueWidth = valueWidth;
    this.capacity = capacity;
  }

  /**
   * An empty cache.
   *
   * @throws EnvironmentException if a full cache is larger than the Java heap may become
   */
  public static KvCache of(KvType type, int layers, int keyWidth, int valueWidth, int capacity) {
    int elementBytes =
        switch (type) {
          case F32 -> 4;
          case F16 -> 2;
        };
    long bytes = (long) layers * capacity * (keyWidth + valueWidth) * elementBytes;
    long limit = Runtime.getRuntime().maxMemory();
    if (bytes > limit) {
      throw new EnvironmentException(
          ("KV cache of %d positions in %s: %d MiB needed, the Java heap may have %d MiB; take a"
                  + " shorter context")
              .formatted(capacity, type.word(), bytes >> 20, limit >> 20));
    }
    return switch (type) {
      case F32 -> new FloatCache(layers, keyWidth, valueWidth, capacity);
      case F16 -> new HalfCache(layers, keyWidth, valueWidth, capacity);
    };
  }

  /** Number of blocks for {@code positions} positions. */
  static int blocksFor(int positions) {
    return (positions + BLOCK - 1) / BLOCK;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public int positions() {
    return positions;
  }

  @Override
  public int keyWidth() {
    return keyWidth;
  }

  @Override
  public int valueWidth() {
    return valueWidth;
  }

  /** Most positions the cache can hold. */
  public int capacity() {
    return capacity;
  }

  /** Takes memory so that positions below {@code end} can be stored. */
  public void reserve(int end) {
    while (blocks < blocksFor(end)) {
      allocate(blocks++);
    }
  }

  /** Says how many positions hold keys and values; later ones are forgotten, not cleared. */
  public void setPositions(int count) {
    assert count <= capacity : count + " positions in a cache of " + capacity;
    positions = count;
  }

  /**
   * Writes {@code rows} positions from {@code position} on, which must be reserved.
   *
   * @param keys {@code [rows][keyWidth]}
   * @param values {@code [rows][valueWidth]}
   */
  public abstract void store(int layer, int position, int rows, float[] keys, float[] values);

  /** Makes block {@code block} of every layer. */
  abstract void allocate(int block);
}
