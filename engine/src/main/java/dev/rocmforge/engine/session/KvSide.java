package dev.rocmforge.engine.session;

/** The keys or the values of every layer by position, in blocks as {@link KvCache} says. */
public abstract sealed class KvSide permits FloatSide, HalfSide, CodedSide, LatentSide {
  private final int width;

  KvSide(int width) {
    this.width = width;
  }

  /** Elements of one position: all heads, one after the other. */
  public final int width() {
    return width;
  }

  /** An element as attention sees it; slow. */
  public abstract float element(int layer, int position, int element);

  /**
   * Writes one position, which must be reserved.
   *
   * @param from all heads from {@code at} on
   */
  abstract void store(int layer, int position, float[] from, int at);

  /** Makes block {@code block} of every layer. */
  abstract void allocate(int block);
}
