package dev.rocmforge.engine.session;

/** Keys or values as 32-bit floats. */
public final class FloatSide extends KvSide {
  private final float[][][] blocks;

  FloatSide(int layers, int width, int capacity) {
    super(width);
    blocks = new float[layers][KvCache.blocksFor(capacity)][];
  }

  /** A block, {@code [BLOCK][width]}; the cache's own array. */
  public float[] block(int layer, int block) {
    return blocks[layer][block];
  }

  @Override
  public float element(int layer, int position, int element) {
    return blocks[layer][position / KvCache.BLOCK][position % KvCache.BLOCK * width() + element];
  }

  @Override
  void store(int layer, int position, float[] from, int at) {
    System.arraycopy(
        from,
        at,
        blocks[layer][position / KvCache.BLOCK],
        position % KvCache.BLOCK * width(),
        width());
  }

  @Override
  void allocate(int block) {
    for (float[][] layer : blocks) {
      layer[block] = new float[KvCache.BLOCK * width()];
    }
  }
}
