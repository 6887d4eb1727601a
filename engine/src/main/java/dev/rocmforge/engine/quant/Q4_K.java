package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4 bits for 256 weights in 8 groups of 32, each with a 6-bit scale and a 6-bit minimum.
 *
 * <pre>
 * byte  0       2          4                16                 144
 *       | d f16 | dmin f16 | 12 scale bytes | q0 | ... | q127 |
 * </pre>
 *
 * <p>The pair of groups 2p and 2p + 1 owns q[32p] to q[32p + 31]: low nibble of q[32p + i] is
 * weight i of group 2p, high nibble weight i of group 2p + 1. Scale bytes: {@link SixBitScales}.
 * {@code weight = d * scale * q - dmin * minimum}. Encoding: {@link AffineGroups}.
 */
final class Q4_K extends Blocks {
  private static final int MINIMUM = 2;
  private static final int SCALES = 4;
  private static final int CODES = 16;

  Q4_K() {
    super(256, 144);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    float dmin = half(src, at + MINIMUM);
    for (int group = 0; group < 8; group++) {
      float scale = d * SixBitScales.scale(src, at + SCALES, group);
      float minimum = dmin * SixBitScales.minimum(src, at + SCALES, group);
      long codes = at + CODES + 32L * (group / 2);
      int shift = 4 * (group % 2);
      for (int i = 0; i < 32; i++) {
        dst[to + 32 * group + i] = scale * (unsigned(src, codes + i) >> shift & 15) - minimum;
      }
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    AffineGroups groups = new AffineGroups(src, from, 15);
    putHalf(dst, at, groups.scale());
    putHalf(dst, at + MINIMUM, groups.minimum());
    SixBitScales.put(dst, at + SCALES, groups);
    for (int i = 0; i < 128; i++) {
      int low = 64 * (i / 32) + i % 32;
      putByte(dst, at + CODES + i, groups.code(low) | groups.code(low + 32) << 4);
    }
  }
}
