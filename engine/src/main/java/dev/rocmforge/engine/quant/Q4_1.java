package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4 bits, a scale and a minimum for 32 weights.
 *
 * <pre>
 * byte  0      2      4                    20
 *       | d f16 | m f16 | q0 | q1 | ... | q15 |      low nibble of qi: weight i, high: weight i + 16
 * </pre>
 *
 * <p>{@code weight = q * d + m}, {@code m} the smallest weight, {@code d} the span over 15.
 */
final class Q4_1 extends Blocks {
  private static final int MINIMUM = 2;
  private static final int CODES = 4;

  Q4_1() {
    super(32, 20);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    float m = half(src, at + MINIMUM);
    for (int i = 0; i < 16; i++) {
      int pair = unsigned(src, at + CODES + i);
      dst[to + i] = (pair & 15) * d + m;
      dst[to + i + 16] = (pair >> 4) * d + m;
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    float m = Rounding.minimum(src, from, 32);
    float d = (Rounding.maximum(src, from, 32) - m) / 15;
    float inverse = Rounding.inverse(d);
    putHalf(dst, at, d);
    putHalf(dst, at + MINIMUM, m);
    for (int i = 0; i < 16; i++) {
      int low = Rounding.code((src[from + i] - m) * inverse + 0.5f, 15);
      int high = Rounding.code((src[from + i + 16] - m) * inverse + 0.5f, 15);
      putByte(dst, at + CODES + i, low | high << 4);
    }
  }
}
