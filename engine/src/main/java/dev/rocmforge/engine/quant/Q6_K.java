package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 6 bits for 256 weights in 16 groups of 16, each with a signed 8-bit scale.
 *
 * <pre>
 * byte  0                 128              192              208     210
 *       | q0 | ... | q127 | h0 | ... | h63 | s0 | ... | s15 | d f16 |
 * </pre>
 *
 * <p>Half n (128 weights) owns q[64n] to q[64n + 63] and h[32n] to h[32n + 31]. Weight 128n + 32p +
 * i has its low four bits in q[64n + 32(p % 2) + i], low nibble for p below 2, and its high two in
 * bits 2p and 2p + 1 of h[32n + i]. {@code weight = d * scale * (q - 32)}. Encoding: {@link
 * SymmetricGroups}.
 */
final class Q6_K extends Blocks {
  private static final int HIGH = 128;
  private static final int SCALES = 192;
  private static final int SCALE = 208;

  Q6_K() {
    super(256, 210);
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at + SCALE);
    for (int group = 0; group < 16; group++) {
      float scale = d * signed(src, at + SCALES + group);
      int part = group / 2 % 4;
      int column = 16 * (group % 2);
      long low = at + 64L * (group / 8) + 32L * (part % 2) + column;
      long high = at + HIGH + 32L * (group / 8) + column;
      for (int i = 0; i < 16; i++) {
        int code =
            (unsigned(src, low + i) >> (4 * (part / 2)) & 15)
                | (unsigned(src, high + i) >> (2 * part) & 3) << 4;
        dst[to + 16 * group + i] = scale * (code - 32);
      }
    }
  }

  @Override
  void encodeBlock(float[] src, int from, MemorySegment dst, long at) {
    SymmetricGroups groups = new SymmetricGroups(src, from);
    putHalf(dst, at + SCALE, groups.scale());
    for (int group = 0; group < 16; group++) {
      putByte(dst, at + SCALES + group, groups.scale(group));
    }
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < 32; i++) {
        int first = groups.code(128 * half + i);
        int second = groups.code(128 * half + 32 + i);
        int third = groups.code(128 * half + 64 + i);
        int fourth = groups.code(128 * half + 96 + i);
        putByte(dst, at + 64L * half + i, (first & 15) | (third & 15) << 4);
        putByte(dst, at + 64L * half + 32 + i, (second & 15) | (fourth & 15) << 4);
        int high = first >> 4 | second >> 4 << 2 | third >> 4 << 4 | fourth >> 4 << 6;
        putByte(dst, at + HIGH + 32L * half + i, high);
      }
    }
  }
}
