package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * The eight 6-bit scales and eight 6-bit minima of {@link Q4_K} and {@link Q5_K}, in 12 bytes.
 *
 * <pre>
 * byte g,      g = 0..3:  bits 0-5 scale g        bits 6-7 high two bits of scale g + 4
 * byte g + 4,  g = 0..3:  bits 0-5 minimum g      bits 6-7 high two bits of minimum g + 4
 * byte g + 8,  g = 0..3:  bits 0-3 low four bits of scale g + 4, bits 4-7 of minimum g + 4
 * </pre>
 */
final class SixBitScales {
  private SixBitScales() {}

  static int scale(MemorySegment src, long at, int group) {
    return group < 4
        ? Blocks.unsigned(src, at + group) & 63
        : (Blocks.unsigned(src, at + group + 4) & 15)
            | (Blocks.unsigned(src, at + group - 4) >> 6 << 4);
  }

  static int minimum(MemorySegment src, long at, int group) {
    return group < 4
        ? Blocks.unsigned(src, at + group + 4) & 63
        : Blocks.unsigned(src, at + group + 4) >> 4 | Blocks.unsigned(src, at + group) >> 6 << 4;
  }

  /** Writes all 12 bytes. */
  static void put(MemorySegment dst, long at, AffineGroups groups) {
    for (int g = 0; g < 4; g++) {
      int scale = groups.scale(g + 4);
      int minimum = groups.minimum(g + 4);
      Blocks.putByte(dst, at + g, groups.scale(g) | scale >> 4 << 6);
      Blocks.putByte(dst, at + g + 4, groups.minimum(g) | minimum >> 4 << 6);
      Blocks.putByte(dst, at + g + 8, (scale & 15) | (minimum & 15) << 4);
    }
  }
}
