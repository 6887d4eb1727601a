package dev.rocmforge.engine.session;

/** Keys or values as IEEE 754 half-precision floats, rounded to nearest even when stored. */
public final class HalfSide extends KvSide {
  private final short[][][] blocks;

  HalfSide(int layers, int width, int capacity) {
    super(width);
    blocks = new short[layers][KvCache.blocksFor(capacity)][];
  }

  /** Bits of a block, {@code [BLOCK][width]}; the cache's own array. */
  public short[] block(int layer, int block) {
    return blocks[layer][block];
  }

  @Override
  public float element(int layer, int position, int element) {
    return Float.float16ToFloat(
        blocks[layer][position / KvCache.BLOCK][position % KvCache.BLOCK * width() + element]);
  }

  @Override
  void store(int layer, int position, float[] from, int at) {
    round(
        from,
        at,
        blocks[layer][position / KvCache.BLOCK],
        position % KvCache.BLOCK * width(),
        width());
  }

  private static void round(float[] from, int at, short[] to, int toOffset, int count) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = Float.floatToFloat16(from[at + i]);
    }
  }

  @Override
  void allocate(int block) {
    for (short[][] layer : blocks) {
      layer[block] = new short[KvCache.BLOCK * width()];
    }
  }
}
