package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4 bits and a scale for 32 weights.
 *
 * <pre>
 * byte  0      2                    18
 *       | d f16 | q0 | q1 | ... | q15 |      low nibble of qi: weight i, high nibble: weight i + 16
 * </pre>
 *
 * <p>{@code weight = (q - 8) * d}. The scale is the weight of largest magnitude over -8, sign
 * included, so that this weight takes the one code that has no opposite.
 */
final class Q4_0 extends Blocks {
  private static final int CODES = 2;

  Q4_0() {
    super(32, 18);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    for (int i = 0; i < 16; i++) {
      int pair = unsigned(src, at + CODES + i);
      dst[to + i] = ((pair & 15) - 8) * d;
      dst[to + i + 16] = ((pair >> 4) - 8) * d;
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    float d = Rounding.largest(src, from, 32) / -8;
    float inverse = Rounding.inverse(d);
    putHalf(dst, at, d);
    for (int i = 0; i < 16; i++) {
      int low = Rounding.code(src[from + i] * inverse + 8.5f, 15);
      int high = Rounding.code(src[from + i + 16] * inverse + 8.5f, 15);
      putByte(dst, at + CODES + i, low | high << 4);
    }
  }
}
