package dev.rocmforge.engine.quant;

import java.lang.foreign.MemorySegment;

/**
 * 4 bits into a table of 16 unevenly spaced values and a scale, for 32 weights.
 *
 * <pre>
 * byte  0      2                    18
 *       | d f16 | q0 | q1 | ... | q15 |      low nibble of qi: weight i, high nibble: weight i + 16
 * </pre>
 *
 * <p>{@code weight = d * VALUES[q]}. Decoded only.
 */
final class Iq4Nl extends Blocks {
  private static final int CODES = 2;

  /** The format's values: denser near zero, where weights are. */
  private static final float[] VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  Iq4Nl() {
    super(32, 18);
  }

  @Override
  public boolean encodes() {
    return false;
  }

  @Override
  void decodeBlock(MemorySegment src, long at, float[] dst, int to) {
    float d = half(src, at);
    for (int i = 0; i < 16; i++) {
      int pair = unsigned(src, at + CODES + i);
      dst[to + i] = d * VALUES[pair & 15];
      dst[to + i + 16] = d * VALUES[pair >> 4];
    }
  }
}
