package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 3 bits for 256 weights in 16 groups of 16, each with a 6-bit scale.
 *
 * <pre>
 * byte  0                32               96               108     110
 *       | h0 | ... | h31 | q0 | ... | q63 | s0 | ... | s11 | d f16 |
 * </pre>
 *
 * <p>Half h (128 weights) owns q[32h] to q[32h + 31]; bits 2p and 2p + 1 of q[32h + i] are the low
 * bits of weight 128h + 32p + i, and its third bit is bit 4h + p of h[i], which adds 4. Scale of
 * group g: its low four bits are a nibble of s[g % 8] (low nibble for g below 8), its high two are
 * bits 2(g / 4) and 2(g / 4) + 1 of s[8 + g % 4]. {@code weight = d * (scale - 32) * (q - 4)}.
 * Decoded only.
 */
final class Q3_K extends Blocks {
  private static final int CODES = 32;
  private static final int SCALES = 96;
  private static final int SCALE = 108;

  Q3_K() {
    super(256, 110);
  }

  @Override
  public boolean encodes() {
    return false;
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at + SCALE);
    for (int group = 0; group < 16; group++) {
      float scale = d * (groupScale(src, at + SCALES, group) - 32);
      int column = 16 * (group % 2);
      long codes = at + CODES + 32L * (group / 8) + column;
      int shift = 2 * (group / 2 % 4);
      for (int i = 0; i < 16; i++) {
        int low = unsigned(src, codes + i) >> shift & 3;
        int third = unsigned(src, at + column + i) >> (group / 2) & 1;
        dst[to + 16 * group + i] = scale * ((low | third << 2) - 4);
      }
    }
  }

  private static int groupScale(MemorySegment src, long scales, int group) {
    int low = unsigned(src, scales + group % 8) >> (4 * (group / 8)) & 15;
    int high = unsigned(src, scales + 8 + group % 4) >> (2 * (group / 4)) & 3;
    return low | high << 4;
  }
}
