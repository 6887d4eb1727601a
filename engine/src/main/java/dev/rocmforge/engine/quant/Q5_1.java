package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 5 bits, a scale and a minimum for 32 weights.
 *
 * <pre>
 * byte  0      2      4        8                    24
 *       | d f16 | m f16 | h u32 | q0 | q1 | ... | q15 |
 * </pre>
 *
 * <p>Low nibble of qi: weight i, high nibble: weight i + 16; bit i of {@code h} is the fifth bit of
 * weight i. {@code weight = q * d + m}, {@code m} the smallest weight, {@code d} the span over 31.
 */
final class Q5_1 extends Blocks {
  private static final int MINIMUM = 2;
  private static final int FIFTH = 4;
  private static final int CODES = 8;

  Q5_1() {
    super(32, 24);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    float m = half(src, at + MINIMUM);
    int fifth = bits32(src, at + FIFTH);
    for (int i = 0; i < 16; i++) {
      int pair = unsigned(src, at + CODES + i);
      dst[to + i] = ((pair & 15) | (fifth >>> i & 1) << 4) * d + m;
      dst[to + i + 16] = (pair >> 4 | (fifth >>> (i + 16) & 1) << 4) * d + m;
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    float m = Rounding.minimum(src, from, 32);
    float d = (Rounding.maximum(src, from, 32) - m) / 31;
    float inverse = Rounding.inverse(d);
    putHalf(dst, at, d);
    putHalf(dst, at + MINIMUM, m);
    int fifth = 0;
    for (int i = 0; i < 16; i++) {
      int low = Rounding.code((src[from + i] - m) * inverse + 0.5f, 31);
      int high = Rounding.code((src[from + i + 16] - m) * inverse + 0.5f, 31);
      putByte(dst, at + CODES + i, (low & 15) | (high & 15) << 4);
      fifth |= low >> 4 << i | high >> 4 << (i + 16);
    }
    putBits32(dst, at + FIFTH, fifth);
  }
}
