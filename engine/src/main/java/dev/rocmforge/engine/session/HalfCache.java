package dev.rocmforge.engine.session;

/** A cache of IEEE 754 half-precision floats, rounded to nearest even when stored. */
public final class HalfCache extends KvCache {
  private final short[][][] keys;
  private final short[][][] values;

  HalfCache(int layers, int keyWidth, int valueWidth, int capacity) {
    super(layers, keyWidth, valueWidth, capacity);
    keys = new short[layers][blocksFor(capacity)][];
    values = new short[layers][blocksFor(capacity)][];
  }

  /** Bits of a block's keys, {@code [BLOCK][keyWidth]}; the cache's own array. */
  public short[] keys(int layer, int block) {
    return keys[layer][block];
  }

  /** Bits of a block's values, {@code [BLOCK][valueWidth]}; the cache's own array. */
  public short[] values(int layer, int block) {
    return values[layer][block];
  }

  @Override
  public float key(int layer, int position, int element) {
    return Float.float16ToFloat(
        keys[layer][position / BLOCK][position % BLOCK * keyWidth() + element]);
  }

  @Override
  public float value(int layer, int position, int element) {
    return Float.float16ToFloat(
        values[layer][position / BLOCK][position % BLOCK * valueWidth() + element]);
  }

  @Override
  public void store(int layer, int position, int rows, float[] k, float[] v) {
    for (int row = 0; row < rows; row++) {
      int block = (position + row) / BLOCK;
      int slot = (position + row) % BLOCK;
      round(k, row * keyWidth(), keys[layer][block], slot * keyWidth(), keyWidth());
      round(v, row * valueWidth(), values[layer][block], slot * valueWidth(), valueWidth());
    }
  }

  private static void round(float[] from, int fromOffset, short[] to, int toOffset, int count) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = Float.floatToFloat16(from[fromOffset + i]);
    }
  }

  @Override
  void allocate(int block) {
    for (int layer = 0; layer < layers(); layer++) {
      keys[layer][block] = new short[BLOCK * keyWidth()];
      values[layer][block] = new short[BLOCK * valueWidth()];
    }
  }
}
