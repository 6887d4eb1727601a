package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * The upper half of an IEEE binary32, 2 bytes a weight. Encoding rounds to nearest, ties to even;
 * NaN stays NaN.
 */
final class Bf16 extends Blocks {
  /** Set in a NaN, because cutting its low bits off could leave an infinity. */
  private static final int QUIET = 0x40;

  Bf16() {
    super(1, 2);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    dst[to] = Float.intBitsToFloat(bits16(src, at) << 16);
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    int bits = Float.floatToRawIntBits(src[from]);
    int upper = bits >>> 16;
    int rounded = Float.isNaN(src[from]) ? upper | QUIET : (bits + 0x7fff + (upper & 1)) >>> 16;
    putBits16(dst, at, (short) rounded);
  }
}
