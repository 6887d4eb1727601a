package dev.rocmforge.engine.session;

/** A cache of 32-bit floats. */
public final class FloatCache extends KvCache {
  private final float[][][] keys;
  private final float[][][] values;

  FloatCache(int layers, int keyWidth, int valueWidth, int capacity) {
    super(layers, keyWidth, valueWidth, capacity);
    keys = new float[layers][blocksFor(capacity)][];
    values = new float[layers][blocksFor(capacity)][];
  }

  /** Keys of a block, {@code [BLOCK][keyWidth]}; the cache's own array. */
  public float[] keys(int layer, int block) {
    return keys[layer][block];
  }

  /** Values of a block, {@code [BLOCK][valueWidth]}; the cache's own array. */
  public float[] values(int layer, int block) {
    return values[layer][block];
  }

  @Override
  public float key(int layer, int position, int element) {
    return keys[layer][position / BLOCK][position % BLOCK * keyWidth() + element];
  }

  @Override
  public float value(int layer, int position, int element) {
    return values[layer][position / BLOCK][position % BLOCK * valueWidth() + element];
  }

  @Override
  public void store(int layer, int position, int rows, float[] k, float[] v) {
    for (int row = 0; row < rows; row++) {
      int block = (position + row) / BLOCK;
      int slot = (position + row) % BLOCK;
      System.arraycopy(k, row * keyWidth(), keys[layer][block], slot * keyWidth(), keyWidth());
      System.arraycopy(
          v, row * valueWidth(), values[layer][block], slot * valueWidth(), valueWidth());
    }
  }

  @Override
  void allocate(int block) {
    for (int layer = 0; layer < layers(); layer++) {
      keys[layer][block] = new float[BLOCK * keyWidth()];
      values[layer][block] = new float[BLOCK * valueWidth()];
    }
  }
}
