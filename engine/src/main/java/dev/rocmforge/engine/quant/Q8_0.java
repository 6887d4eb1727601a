package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 8 bits and a scale for 32 weights.
 *
 * <pre>
 * byte  0      2                    34
 *       | d f16 | q0 | q1 | ... | q31 |      qi: signed byte, weight i
 * </pre>
 *
 * <p>{@code weight = q * d}, {@code d} the largest magnitude over 127; codes round to nearest, ties
 * away from zero.
 */
final class Q8_0 extends Blocks {
  private static final int CODES = 2;

  Q8_0() {
    super(32, 34);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    for (int i = 0; i < 32; i++) {
      dst[to + i] = signed(src, at + CODES + i) * d;
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    float d = Math.abs(Rounding.largest(src, from, 32)) / 127;
    float inverse = Rounding.inverse(d);
    putHalf(dst, at, d);
    for (int i = 0; i < 32; i++) {
      putByte(dst, at + CODES + i, Rounding.away(src[from + i] * inverse));
    }
  }
}
