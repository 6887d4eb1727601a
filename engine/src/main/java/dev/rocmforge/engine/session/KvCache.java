package dev.rocmforge.engine.session;

import dev.rocmforge.engine.EnvironmentException;
import dev.rocmforge.engine.InputException;
import dev.rocmforge.engine.KvStorage;
import dev.rocmforge.engine.KvType;
import dev.rocmforge.engine.compress.KvLatent;
import dev.rocmforge.engine.compress.Projection;
import java.util.List;

/**
 * Keys and values of every layer by position. Positions lie in blocks of {@value #BLOCK}; a block
 * is {@code [BLOCK][width]} with all heads of a position side by side. Memory is taken block by
 * block when the context grows into it, so that a long context costs nothing until it is used. One
 * thread writes; others may read between writes.
 */
public final class KvCache implements KvReader {
  /** Positions in a block. */
  public static final int BLOCK = 256;

  private final int layers;
  private final int capacity;
  private final KvSide keys;
  private final KvSide values;
  private int positions;
  private int blocks;

  private KvCache(int layers, int capacity, KvSide keys, KvSide values) {
    this.layers = layers;
    this.capacity = capacity;
    this.keys = keys;
    this.values = values;
  }

  /**
   * An empty cache.
   *
   * @param kvHeads heads of keys and of values
   * @throws EnvironmentException if a full cache is larger than the Java heap may become
   */
  public static KvCache of(
      KvStorage storage, int layers, int kvHeads, int keyLength, int valueLength, int capacity) {
    check(storage, capacity, layers * storage.bytes(kvHeads, keyLength, valueLength));
    return new KvCache(
        layers,
        capacity,
        side(storage.keys(), storage, storage.correction(), layers, kvHeads, keyLength, capacity),
        side(storage.values(), storage, false, layers, kvHeads, valueLength, capacity));
  }

  /**
   * An empty cache of latents.
   *
   * @throws InputException if they are to be coded
   * @throws EnvironmentException as {@link #of}
   */
  public static KvCache of(
      KvStorage storage, KvLatent latent, int keyLength, int valueLength, int capacity) {
    if (storage.keys().coded() || storage.values().coded()) {
      throw new InputException(
          "KV cache: latents are kept in f32 or f16, %s given".formatted(storage.word()));
    }
    check(storage, capacity, latent.bytes(storage));
    List<Projection> keys = latent.layers().stream().map(KvLatent.Layer::keys).toList();
    List<Projection> values = latent.layers().stream().map(KvLatent.Layer::values).toList();
    return new KvCache(
        keys.size(),
        capacity,
        new LatentSide(storage.keys(), keys, keyLength, capacity),
        new LatentSide(storage.values(), values, valueLength, capacity));
  }

  /** Refuses what the heap cannot hold. */
  private static void check(KvStorage storage, int capacity, long positionBytes) {
    long bytes = capacity * positionBytes;
    long limit = Runtime.getRuntime().maxMemory();
    if (bytes > limit) {
      throw new EnvironmentException(
          ("KV cache of %d positions in %s: %d MiB needed, the Java heap may have %d MiB; take a"
                  + " shorter context")
              .formatted(capacity, storage.word(), bytes >> 20, limit >> 20));
    }
  }

  private static KvSide side(
      KvType type,
      KvStorage storage,
      boolean correction,
      int layers,
      int heads,
      int length,
      int capacity) {
    return switch (type) {
      case F32 -> new FloatSide(layers, heads * length, capacity);
      case F16 -> new HalfSide(layers, heads * length, capacity);
      case Q8_0, TURBO2, TURBO3, TURBO4 ->
          new CodedSide(type, storage, correction, layers, heads, length, capacity);
    };
  }

  /** Number of blocks for {@code positions} positions. */
  static int blocksFor(int positions) {
    return (positions + BLOCK - 1) / BLOCK;
  }

  public KvSide keys() {
    return keys;
  }

  public KvSide values() {
    return values;
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
    return keys.width();
  }

  @Override
  public int valueWidth() {
    return values.width();
  }

  @Override
  public float key(int layer, int position, int element) {
    return keys.element(layer, position, element);
  }

  @Override
  public float value(int layer, int position, int element) {
    return values.element(layer, position, element);
  }

  /** Most positions the cache can hold. */
  public int capacity() {
    return capacity;
  }

  /** Takes memory so that positions below {@code end} can be stored. */
  public void reserve(int end) {
    while (blocks < blocksFor(end)) {
      keys.allocate(blocks);
      values.allocate(blocks);
      blocks++;
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
   * @param k keys {@code [rows][keyWidth]}
   * @param v values {@code [rows][valueWidth]}
   */
  public void store(int layer, int position, int rows, float[] k, float[] v) {
    for (int row = 0; row < rows; row++) {
      keys.store(layer, position + row, k, row * keys.width());
      values.store(layer, position + row, v, row * values.width());
    }
  }
}
