package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 2 bits for 256 weights in 16 groups of 16, each with a 4-bit scale and a 4-bit minimum.
 *
 * <pre>
 * byte  0                16                       80      82         84
 *       | s0 | ... | s15 | q0 | q1 | ...    | q63 | d f16 | dmin f16 |
 * </pre>
 *
 * <p>Low nibble of sg: scale of group g, high nibble: its minimum. Half h (128 weights) owns the
 * bytes q[32h] to q[32h + 31]; bits 2p and 2p + 1 of q[32h + i] are weight 128h + 32p + i. {@code
 * weight = d * scale * q - dmin * minimum}. Decoded only.
 */
final class Q2_K extends Blocks {
  private static final int CODES = 16;
  private static final int SCALE = 80;
  private static final int MINIMUM = 82;

  Q2_K() {
    super(256, 84);
  }

  @Override
  public boolean encodes() {
    return false;
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at + SCALE);
    float dmin = half(src, at + MINIMUM);
    for (int group = 0; group < 16; group++) {
      int scales = unsigned(src, at + group);
      float scale = d * (scales & 15);
      float minimum = dmin * (scales >> 4);
      long codes = at + CODES + 32L * (group / 8) + 16L * (group % 2);
      int shift = 2 * (group / 2 % 4);
      for (int i = 0; i < 16; i++) {
        dst[to + 16 * group + i] = scale * (unsigned(src, codes + i) >> shift & 3) - minimum;
      }
    }
  }
}
