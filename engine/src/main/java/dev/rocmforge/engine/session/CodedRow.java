package dev.rocmforge.engine.session;

import dev.rocmforge.engine.KvType;

/** Reads one position of a coded cache: all heads, turned back. */
public final class CodedRow {
  private final KvType type;
  private final int heads;
  private final int length;
  private final KvCode code;
  private final HeadRotation rotation;
  private final float[] spare;

  /**
   * @param type a coded one
   */
  public CodedRow(KvType type, long seed, int heads, int length) {
    this.type = type;
    this.heads = heads;
    this.length = length;
    code = KvCode.of(type);
    rotation = new HeadRotation(length, seed);
    spare = new float[length];
  }

  /** Bytes of the codes of all heads. */
  public int codeBytes() {
    return heads * type.codeBytes(length);
  }

  /** Half-float scales of all heads. */
  public int scales() {
    return heads * type.scales(length);
  }

  /**
   * @param row all heads, as they were stored but for the rounding
   */
  public void decode(byte[] codes, short[] scales, float[] row) {
    for (int head = 0; head < heads; head++) {
      code.decode(
          codes,
          head * type.codeBytes(length),
          scales,
          head * type.scales(length),
          length,
          row,
          head * length);
      if (type.turned()) {
        rotation.turnBack(row, head * length, spare);
      }
    }
  }
}
