package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 5 bits and a scale for 32 weights.
 *
 * <pre>
 * byte  0      2        6                    22
 *       | d f16 | h u32  | q0 | q1 | ... | q15 |
 * </pre>
 *
 * <p>Low nibble of qi: weight i, high nibble: weight i + 16; bit i of {@code h} is the fifth bit of
 * weight i. {@code weight = (q - 16) * d}; the scale is the weight of largest magnitude over -16.
 */
final class Q5_0 extends Blocks {
  private static final int FIFTH = 2;
  private static final int CODES = 6;

  Q5_0() {
    super(32, 22);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    int fifth = bits32(src, at + FIFTH);
    for (int i = 0; i < 16; i++) {
      int pair = unsigned(src, at + CODES + i);
      dst[to + i] = (((pair & 15) | (fifth >>> i & 1) << 4) - 16) * d;
      dst[to + i + 16] = ((pair >> 4 | (fifth >>> (i + 16) & 1) << 4) - 16) * d;
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    float d = Rounding.largest(src, from, 32) / -16;
    float inverse = Rounding.inverse(d);
    putHalf(dst, at, d);
    int fifth = 0;
    for (int i = 0; i < 16; i++) {
      int low = Rounding.code(src[from + i] * inverse + 16.5f, 31);
      int high = Rounding.code(src[from + i + 16] * inverse + 16.5f, 31);
      putByte(dst, at + CODES + i, (low & 15) | (high & 15) << 4);
      fifth |= low >> 4 << i | high >> 4 << (i + 16);
    }
    putBits32(dst, at + FIFTH, fifth);
  }
}
